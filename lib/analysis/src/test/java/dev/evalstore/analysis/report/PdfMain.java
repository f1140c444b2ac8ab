package dev.evalstore.analysis.report;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Prints the hash of the bytes of a PDF, from another process. */
final class PdfMain {
    private PdfMain() {}

    public static void main(String[] arguments) throws NoSuchAlgorithmException {
        System.out.println("hash " + hash());
    }

    static String hash() throws NoSuchAlgorithmException {
        byte[] pdf = ReadPdf.write(ReportFixtures.everything(), PdfOptions.DEFAULT);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(pdf));
    }
}
