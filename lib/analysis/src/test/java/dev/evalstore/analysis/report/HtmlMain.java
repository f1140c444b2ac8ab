package dev.evalstore.analysis.report;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Prints the hashes of the bytes of two HTML reports, from another process. */
final class HtmlMain {
    private HtmlMain() {}

    public static void main(String[] arguments) throws Exception {
        System.out.println(hashes());
    }

    static String hashes() throws Exception {
        return hash(Report.of(ReportFixtures.everything())) + " "
                + hash(Report.ofComparison("Which?", ComparisonFixtures.comparison()));
    }

    private static String hash(Report report) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        report.writeHtml(out);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(out.toByteArray()));
    }
}
