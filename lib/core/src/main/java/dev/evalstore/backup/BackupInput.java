package dev.evalstore.backup;

import dev.evalstore.backup.BackupProblem.Kind;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.security.DigestInputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * The uncompressed bytes of a file of a backup. At the end it has compared the file's size and hash, and the number of bytes, with
 * the manifest's. Who has read to the end has read what was exported; who reads on after an exception has not.
 */
final class BackupInput extends FilterInputStream {
    private static final int BUFFER = 64 * 1024;

    private final BackupFile file;
    private final String place;
    private final DigestInputStream stored;
    private long left;
    private boolean ended;
    private @Nullable String hash;

    private BackupInput(InputStream uncompressed, DigestInputStream stored, BackupFile file, String place) {
        super(uncompressed);
        this.stored = stored;
        this.file = file;
        this.place = place;
        this.left = file.bytes();
    }

    /** @throws BackupException if the file is missing, has another size, or cannot be read */
    static BackupInput open(BackupFolder backup, BackupTable table, BackupFile file) {
        String place = BackupFolder.place(table.name(), file.name());
        size(backup, table, file);
        try {
            InputStream raw = Files.newInputStream(backup.file(table, file));
            try {
                DigestInputStream stored = new DigestInputStream(new BufferedInputStream(raw, BUFFER), Hashes.sha256());
                return new BackupInput(new GZIPInputStream(stored, BUFFER), stored, file, place);
            } catch (IOException e) {
                raw.close();
                throw e;
            }
        } catch (ZipException | EOFException e) {
            throw changed(place, e);
        } catch (IOException e) {
            throw BackupFolder.unusable(place, "cannot be read", e);
        }
    }

    /** @throws BackupException if the file is missing or has another size */
    static void size(BackupFolder backup, BackupTable table, BackupFile file) {
        String place = BackupFolder.place(table.name(), file.name());
        try {
            long size = Files.size(backup.file(table, file));
            if (size != file.storedBytes()) {
                throw new BackupException(
                        Kind.SIZE_DIFFERS, place, size + " bytes, and not " + file.storedBytes(), null);
            }
        } catch (NoSuchFileException e) {
            throw new BackupException(Kind.FILE_MISSING, place, "missing", e);
        } catch (IOException e) {
            throw BackupFolder.unusable(place, "cannot be read", e);
        }
    }

    String place() {
        return place;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        int count = read(one, 0, 1);
        return count < 0 ? -1 : one[0] & 0xFF;
    }

    /** @throws BackupException if the file is not the one that was exported */
    @Override
    public int read(byte[] to, int from, int length) throws IOException {
        if (ended || length == 0) {
            return ended ? -1 : 0;
        }
        int count;
        try {
            count = in.read(to, from, length);
        } catch (ZipException | EOFException e) {
            throw wrong("cannot be uncompressed", e);
        }
        if (count > left) {
            throw wrong("more than the " + file.bytes() + " bytes that the manifest lists", null);
        }
        if (count < 0) {
            end();
            return -1;
        }
        left -= count;
        return count;
    }

    /** Reads: every byte counts. */
    @Override
    public long skip(long count) throws IOException {
        byte[] skipped = new byte[(int) Math.min(count, BUFFER)];
        return Math.max(0, read(skipped, 0, skipped.length));
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private void end() throws IOException {
        ended = true;
        if (left != 0 || !isAsExported()) {
            throw wrong(left + " bytes less than the manifest lists", null);
        }
    }

    /** What is wrong with a file whose bytes are not those that were exported is no matter. */
    private BackupException wrong(String what, @Nullable Exception e) throws IOException {
        return isAsExported() ? new BackupException(Kind.CONTENT_DIFFERS, place, what, e) : changed(place, e);
    }

    /** Whether the hash is the manifest's. What stands behind the compressed bytes is part of the file, too. */
    private boolean isAsExported() throws IOException {
        if (hash == null) {
            stored.transferTo(OutputStream.nullOutputStream());
            hash = Hashes.hex(stored.getMessageDigest().digest());
        }
        return hash.equals(file.sha256());
    }

    private static BackupException changed(String place, @Nullable Exception e) {
        return new BackupException(Kind.HASH_DIFFERS, place, "its bytes are not those that were exported", e);
    }
}
