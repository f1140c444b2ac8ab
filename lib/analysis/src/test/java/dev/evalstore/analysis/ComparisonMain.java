package dev.evalstore.analysis;

import dev.evalstore.Database;
import dev.evalstore.analysis.report.Report;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/** Compares in a JVM of its own, and prints each result as JSON and the SHA-256 of its report. */
final class ComparisonMain {
    private ComparisonMain() {}

    /** Takes the database's address and the ids of three experiments. */
    public static void main(String[] args) throws Exception {
        try (Database db = ComparisonWorld.open(args[0])) {
            new PrintStream(System.out, true, StandardCharsets.UTF_8)
                    .println(String.join(
                            "\n",
                            lines(db, UUID.fromString(args[1]), UUID.fromString(args[2]), UUID.fromString(args[3]))));
        }
    }

    static List<String> lines(Database db, UUID a, UUID b, UUID c) throws Exception {
        Comparison comparison = Comparison.between(a, b, c);
        ComparisonResult scores = comparison
                .tests(TestKind.PAIRED_T, TestKind.WILCOXON, TestKind.SIGN, TestKind.PERMUTATION)
                .permutations(2_000)
                .bootstraps(2_000)
                .on(db)
                .run();
        ComparisonResult passed = comparison.metric("metrics.exact").on(db).run();
        ByteArrayOutputStream html = new ByteArrayOutputStream();
        Report.ofComparison("Which one?", scores).writeHtml(html);
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(html.toByteArray());
        return List.of(
                scores.toJson().text(), passed.toJson().text(), HexFormat.of().formatHex(hash));
    }
}
