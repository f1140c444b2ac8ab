package dev.evalstore.recovery;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What a tool of PostgreSQL's did.
 *
 * @param folder what it wrote, or read
 * @param version the tool's version, such as {@code 18.6}
 * @param took how long all of it took, the checks included
 * @param tables how many tables of the schema the dump has, partitions included; 0 for a base backup
 * @param output the last 64 KB of what the tool printed, without the password
 */
public record PgToolResult(Path folder, String version, Duration took, int tables, String output) {
    /** All but the output. */
    @Override
    public String toString() {
        return "PgToolResult[folder=" + folder + ", version=" + version + ", took=" + took + ", tables=" + tables + "]";
    }
}
