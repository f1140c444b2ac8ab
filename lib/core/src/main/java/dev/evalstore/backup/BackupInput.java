package dev.evalstore.backup;

import dev.evalstore.backup.BackupProblem.Kind;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

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
        Path path = backup.file(table, file);
        try {
            long size = Files.size(path);
            if (size != file.storedBytes()) {
                throw new BackupException(
                        Kind.SIZE_DIFFERS, place, size + " bytes, and not " + file.storedBytes(), null);
            }
            InputStream raw = Files.newInputStream(path);
            try {
                DigestInputStream stored = new DigestInputStream(new BufferedInputStream(raw, BUFFER), Hashes.sha256());
                return new BackupInput(new GZIPInputStream(stored, BUFFER), stored, file, place);
            } catch (IOException e) {
                raw.close();
                throw e;
            }
        } catch (NoSuchFileException e) {
            throw new BackupException(Kind.FILE_MISSING, place, "missing", e);
        } catch (ZipException | java.io.EOFException e) {
            throw changed(place, e);
        } catch (IOException e) {
            throw BackupFolder.unusable(place, "cannot be read", e);
        }
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
        } catch (ZipException | java.io.EOFException e) {
            throw changed(place, e);
        }
        if (count > left) {
            throw new BackupException(Kind.CONTENT_DIFFERS, place, "more than " + file.bytes() + " bytes", null);
        }
        if (count < 0) {
            end();
            return -1;
        }
        left -= count;
        return count;
    }

    @Override
    public long skip(long count) {
        throw new UnsupportedOperationException("every byte is read");
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private void end() throws IOException {
        ended = true;
        // What stands behind the compressed bytes is part of the file, too.
        stored.transferTo(java.io.OutputStream.nullOutputStream());
        if (!Hashes.hex(stored.getMessageDigest().digest()).equals(file.sha256())) {
            throw changed(place, null);
        }
        if (left != 0) {
            throw new BackupException(Kind.CONTENT_DIFFERS, place, left + " bytes less than the manifest lists", null);
        }
    }

    private static BackupException changed(String place, @org.jspecify.annotations.Nullable Exception e) {
        return new BackupException(Kind.HASH_DIFFERS, place, "its bytes are not those that were exported", e);
    }
}
