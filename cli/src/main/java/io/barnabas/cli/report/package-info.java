/** Pages that tell of measurements: one file each, with plots as SVG, which need nothing beside themselves. */
package io.barnabas.cli.report;
