/** What measurements are made of: latencies, rates, samples, ratios, and the plan of a comparison. Clocks are elsewhere. */
package io.barnabas.cli.rules.bench;
