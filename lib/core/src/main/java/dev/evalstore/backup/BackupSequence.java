package dev.evalstore.backup;

/**
 * A sequence of a backup. It was read after the rows, so no row holds a greater number of its.
 *
 * @param name the sequence's name without its schema
 * @param lastValue the last number that it gave, or reserved
 * @param called whether it has given that number; if not, that is the number to come
 */
public record BackupSequence(String name, long lastValue, boolean called) {
    public BackupSequence {
        if (!BackupTable.isName(name)) {
            throw new IllegalArgumentException("sequences must have plain lower-case names");
        }
    }
}
