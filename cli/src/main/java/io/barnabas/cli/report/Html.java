package io.barnabas.cli.report;

import java.util.List;

/** The frame of a page, and its tables. */
public final class Html {

    private static final String STYLE = """
            body{font:15px/1.5 system-ui,sans-serif;max-width:1100px;margin:2em auto;padding:0 1em;color:#222;background:#fff}
            table{border-collapse:collapse;margin:1em 0}th,td{padding:.25em .8em;border-bottom:1px solid #ddd;text-align:left}
            td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
            svg{display:block;margin:1em 0;max-width:100%;height:auto}.grid{stroke:#e4e4e4;fill:none}
            .line{fill:none;stroke-width:1.8;stroke-linecap:round}text{font-size:12px;fill:#444}text.title{font-size:14px;font-weight:600;text-anchor:middle}
            text.left{text-anchor:end}text.below{text-anchor:middle}
            .band{fill:#d1242f;fill-opacity:.1}.span{fill:#d1242f;stroke:#d1242f;stroke-width:1}text.band{fill:#a40e26;fill-opacity:1;font-size:10px}
            .good{color:#0a7d36}.bad{color:#a40e26}.open{color:#8a6100}pre,code{font:13px/1.45 ui-monospace,monospace;background:#f5f5f5}
            pre{padding:.6em .8em;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}
            .c0{stroke:#1f6feb}.c1{stroke:#d9480f}.c2{stroke:#0a7d36}.c3{stroke:#8b3fd1}.c4{stroke:#b08800}.c5{stroke:#c2185b}
            """;

    private Html() {}

    /** A whole page; {@code body} is HTML already. */
    public static String page(String title, String body) {
        return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + escape(title)
                + "</title>\n<style>\n" + STYLE + "</style></head>\n<body>\n<h1>" + escape(title) + "</h1>\n" + body
                + "</body></html>\n";
    }

    /**
     * A table.
     *
     * @param names how many of the first columns hold names; the others hold numbers
     * @param rows text of the cells
     */
    public static String table(List<String> head, int names, List<List<String>> rows) {
        StringBuilder table = new StringBuilder("<table>\n");
        row(table, "th", names, head);
        rows.forEach(row -> row(table, "td", names, row));
        return table.append("</table>\n").toString();
    }

    private static void row(StringBuilder table, String cell, int names, List<String> texts) {
        table.append("<tr>");
        for (int i = 0; i < texts.size(); i++) {
            table.append('<').append(cell).append(i < names ? ">" : " class=\"n\">");
            table.append(escape(texts.get(i))).append("</").append(cell).append('>');
        }
        table.append("</tr>\n");
    }

    /** Text as it stands in HTML and in an attribute. */
    public static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
