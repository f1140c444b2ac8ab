package dev.evalstore.analysis.report;

import dev.evalstore.analysis.report.DataTable.Alignment;
import dev.evalstore.analysis.report.DataTable.Column;
import dev.evalstore.analysis.report.Document.Note;
import dev.evalstore.analysis.report.Document.Paragraph;
import dev.evalstore.analysis.report.Document.Part;
import dev.evalstore.analysis.report.Document.Section;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A document as one HTML file that needs nothing else: no script, no font, no picture, no network. Nothing in a text is taken
 * for markup. The same document gives the same bytes on every JDK. One writer for one document; not thread-safe.
 */
final class HtmlWriter {
    /** A page that says so may load nothing, whatever a reader's browser has been talked into. */
    private static final String POLICY = "default-src 'none'; style-src 'unsafe-inline'";

    private static final String STYLE = """
            :root { color-scheme: light; }
            body { margin: 0; background: #fff; color: #000; line-height: 1.45; font-size: 15px;
              font-family: {fonts}; }
            main { max-width: 1080px; margin: 0 auto; padding: 24px; }
            h1 { font-size: 26px; line-height: 1.2; margin: 0 0 16px; }
            h2 { font-size: 20px; margin: 36px 0 12px; padding-bottom: 4px; border-bottom: 1px solid #d9d9d9; }
            h3 { font-size: 17px; margin: 24px 0 8px; }
            h4, h5 { font-size: 15px; margin: 20px 0 8px; }
            h1, h2, h3, h4, h5, p, caption, figcaption, td, th { overflow-wrap: anywhere; }
            p { margin: 0 0 12px; max-width: 75ch; }
            .note { font-size: 13px; color: #595959; }
            nav ul { margin: 0 0 16px; padding-left: 20px; }
            a { color: #0072b2; }
            .wide { overflow-x: auto; margin: 0 0 20px; }
            table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
            caption { text-align: left; font-weight: bold; padding: 0 0 6px; }
            th, td { padding: 4px 8px 4px 0; text-align: left; vertical-align: top; }
            thead th { overflow-wrap: break-word; }
            td { min-width: 8ch; }
            td.n { min-width: 3ch; }
            th + th, th + td, td + td { padding-left: 8px; }
            thead th { border-top: 1.5px solid #000; border-bottom: 1px solid #000; vertical-align: bottom; }
            tbody th { font-weight: normal; min-width: 12ch; }
            tbody tr { border-bottom: 1px solid #d9d9d9; }
            tbody tr:last-child { border-bottom: 1.5px solid #000; }
            .n { text-align: right; white-space: nowrap; overflow-wrap: normal; }
            thead .n { white-space: normal; }
            figure { margin: 0 0 24px; overflow-x: auto; }
            figcaption { font-size: 13px; font-weight: bold; margin: 0 0 8px; }
            svg { display: block; max-width: 100%; min-width: 480px; height: auto; }
            @page { size: A4; margin: 18mm; }
            @media print {
              body { font-size: 10pt; }
              main { max-width: none; padding: 0; }
              table, .note, figcaption { font-size: 8.5pt; }
              .wide, figure { overflow: visible; }
              nav { display: none; }
              h2, h3, h4, h5, h2 + p, h3 + p, caption, figcaption { break-after: avoid; }
              tr, figure { break-inside: avoid; }
              svg { min-width: 0; max-height: 225mm; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
            }
            """.replace("{fonts}", SvgWriter.FONTS);

    /** A report with at least so many sections has a table of contents. */
    private static final int CONTENTS_FROM = 3;

    private static final int FIRST_LEVEL = 2;

    private final Appendable out;
    private int sections;
    private int tables;
    private int figures;

    private HtmlWriter(Appendable out) {
        this.out = out;
    }

    /** Line ends are line feeds; the characters are to be encoded in UTF-8. */
    static void write(Document document, Appendable out) throws IOException {
        new HtmlWriter(out).write(document);
    }

    private void write(Document document) throws IOException {
        out.append("<!DOCTYPE html>\n<html lang=\"" + document.language() + "\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<title>" + HtmlText.line(document.title()) + "</title>\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .append("<meta http-equiv=\"Content-Security-Policy\" content=\"" + POLICY + "\">\n")
                .append("<style>\n" + STYLE + "</style>\n</head>\n<body>\n<main>\n");
        element("h1", "", document.title());
        contents(document.parts());
        parts(document.parts(), FIRST_LEVEL);
        out.append("</main>\n</body>\n</html>\n");
    }

    /** The sections of the first level, numbered as {@link #section} numbers them. */
    private void contents(List<Part> parts) throws IOException {
        long count = parts.stream().filter(Section.class::isInstance).count();
        if (count < CONTENTS_FROM) {
            return;
        }
        out.append("<nav aria-label=\"Contents\">\n<ul>\n");
        int number = 0;
        for (Part part : parts) {
            if (part instanceof Section section) {
                out.append("<li" + HtmlText.direction(section.heading()) + "><a href=\"#s" + (number + 1) + "\">")
                        .append(HtmlText.line(section.heading()))
                        .append("</a></li>\n");
                number += sections(section);
            }
        }
        out.append("</ul>\n</nav>\n");
    }

    private static int sections(Section section) {
        int count = 1;
        for (Part part : section.parts()) {
            count += part instanceof Section inner ? sections(inner) : 0;
        }
        return count;
    }

    private void parts(List<Part> parts, int level) throws IOException {
        for (Part part : parts) {
            if (part instanceof Section section) {
                section(section, level);
            } else if (part instanceof Paragraph paragraph) {
                element("p", "", paragraph.text());
            } else if (part instanceof Note note) {
                element("p", " class=\"note\"", note.text());
            } else if (part instanceof DataTable table) {
                table(table);
            } else if (part instanceof Figure figure) {
                figure(figure);
            }
        }
    }

    private void section(Section section, int level) throws IOException {
        String id = "s" + ++sections;
        out.append("<section aria-labelledby=\"" + id + "\">\n");
        element("h" + level, " id=\"" + id + "\"", section.heading());
        parts(section.parts(), level + 1);
        out.append("</section>\n");
    }

    /** It has room for its letters, and is moved like a table. */
    private void figure(Figure figure) throws IOException {
        String id = "f" + ++figures;
        out.append("<figure tabindex=\"0\" aria-labelledby=\"" + id + "\">\n");
        element("figcaption", " id=\"" + id + "\"", figure.caption());
        SvgWriter.write(figure, id, out);
        out.append("</figure>\n");
    }

    /** A table that is wider than the window is moved by the keyboard too, so its frame can be reached by it. */
    private void table(DataTable table) throws IOException {
        String id = "t" + ++tables;
        out.append("<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-labelledby=\"" + id + "\">\n<table>\n");
        element("caption", " id=\"" + id + "\"", table.caption());
        out.append("<thead>\n<tr>");
        for (Column column : table.columns()) {
            element("th", " scope=\"col\"" + alignment(column), column.label());
        }
        out.append("</tr>\n</thead>\n<tbody>\n");
        for (List<@Nullable String> row : table.rows()) {
            row(table.columns(), row);
        }
        out.append("</tbody>\n</table>\n</div>\n");
    }

    private void row(List<Column> columns, List<@Nullable String> row) throws IOException {
        out.append("<tr>\n");
        for (int i = 0; i < columns.size(); i++) {
            String name = i == 0 ? "th" : "td";
            String attributes = (i == 0 ? " scope=\"row\"" : "") + alignment(columns.get(i));
            String cell = row.get(i);
            if (cell == null) {
                element(name, attributes + " aria-label=\"no value\"", "–");
            } else {
                element(name, attributes, cell);
            }
        }
        out.append("</tr>\n");
    }

    private void element(String name, String attributes, String text) throws IOException {
        out.append("<" + name + attributes + HtmlText.direction(text) + ">")
                .append(HtmlText.lines(text))
                .append("</" + name + ">\n");
    }

    private static String alignment(Column column) {
        return column.alignment() == Alignment.NUMBER ? " class=\"n\"" : "";
    }
}
