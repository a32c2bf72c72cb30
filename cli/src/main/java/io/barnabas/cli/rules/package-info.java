/** What the command line concludes from what it is told, without clocks or clients of its own. */
package io.barnabas.cli.rules;
