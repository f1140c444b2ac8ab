package dev.evalstore.analysis.report;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/** Prints the hashes of the bytes of three HTML reports, from another process. */
final class HtmlMain {
    private HtmlMain() {}

    public static void main(String[] arguments) throws Exception {
        System.out.println(hashes());
    }

    static String hashes() throws Exception {
        return hash(Report.of(ReportFixtures.everything())) + " "
                + hash(Report.ofComparison("Which?", ComparisonFixtures.comparison())) + " "
                + hash(Report.of(newScripts()));
    }

    /** Letters and marks that JDK 17 does not know: Garay, Tulu-Tigalari, and a mark of Latin. */
    private static Document newScripts() {
        String garay = "\uD803\uDD4A\uD803\uDD69".repeat(20);
        String marks = "Tulu " + "\uD804\uDFBB\u0ECE\u1AC1".repeat(40) + " a model with a name that has no room";
        return Document.of(
                garay,
                List.of(
                        new Document.Paragraph(garay),
                        Charts.scatter(
                                garay,
                                Charts.Axis.of(marks.substring(0, 80)),
                                Charts.Axis.of(garay.substring(0, 80)),
                                List.of(new Charts.Dot(garay, 1, 2, true), new Charts.Dot(marks, 3, 4, false)))));
    }

    private static String hash(Report report) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        report.writeHtml(out);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(out.toByteArray()));
    }
}
