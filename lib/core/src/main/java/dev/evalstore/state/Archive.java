package dev.evalstore.state;

import dev.evalstore.Json;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The format of an export: {@code EVSTATE1}; for each entry {@code E}, then key, value and metadata, each after its
 * length in four bytes (-1 for no metadata), then the expiry in microseconds since 1970 ({@code Long.MIN_VALUE} for
 * none); at the end {@code M}, the number of entries, the bytes of their keys and values, and the SHA-256 of all before
 * it. Numbers have the most significant byte first.
 */
final class Archive {
    private static final byte[] MAGIC = "EVSTATE1".getBytes(StandardCharsets.US_ASCII);
    private static final long NEVER = Long.MIN_VALUE;
    /** The year 6000: the minutes since 1970 still fit an int. */
    private static final long MAX_EXPIRY = Instant.parse("6000-01-01T00:00:00Z").getEpochSecond() * 1_000_000;

    private static final int MAX_METADATA = 256 << 20;
    private static final int BATCH_ROWS = 1_000;
    private static final int BATCH_BYTES = 4 << 20;

    private Archive() {}

    /** Writes pages until one is empty; {@code pages} returns the page after a key. */
    static long write(OutputStream to, Function<byte @Nullable [], List<StateEntry>> pages) throws IOException {
        MessageDigest digest = sha256();
        DataOutputStream out =
                new DataOutputStream(new DigestOutputStream(new BufferedOutputStream(to, 1 << 16), digest));
        out.write(MAGIC);
        long entries = 0;
        long bytes = 0;
        List<StateEntry> page = pages.apply(null);
        while (!page.isEmpty()) {
            for (StateEntry entry : page) {
                out.writeByte('E');
                write(out, entry.key());
                write(out, entry.value());
                Json metadata = entry.metadata();
                write(out, metadata == null ? null : metadata.text().getBytes(StandardCharsets.UTF_8));
                Instant expires = entry.expiresAt();
                out.writeLong(expires == null ? NEVER : ChronoUnit.MICROS.between(Instant.EPOCH, expires));
                entries++;
                bytes += entry.key().length + entry.value().length;
            }
            page = pages.apply(page.get(page.size() - 1).key());
        }
        out.writeByte('M');
        out.writeLong(entries);
        out.writeLong(bytes);
        out.write(digest.digest());
        out.flush();
        return entries;
    }

    private static void write(DataOutputStream out, byte @Nullable [] bytes) throws IOException {
        if (bytes == null) {
            out.writeInt(-1);
        } else {
            out.writeInt(bytes.length);
            out.write(bytes);
        }
    }

    /** Hands over batches in the export's order. Fails at the end if they do not match the manifest. */
    static long read(InputStream from, StateOptions options, Consumer<List<Put>> batches) throws IOException {
        MessageDigest digest = sha256();
        DataInputStream in = new DataInputStream(new DigestInputStream(new BufferedInputStream(from, 1 << 16), digest));
        try {
            if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
                throw new IOException("not an export of state");
            }
            long entries = 0;
            long bytes = 0;
            List<Put> batch = new ArrayList<>();
            long batchBytes = 0;
            Bytes last = null;
            while (next(in)) {
                Put put = put(in, options);
                Bytes key = new Bytes(put.key());
                if (last != null && key.compareTo(last) <= 0) {
                    throw new IOException("the export is damaged: its keys are out of order");
                }
                last = key;
                batch.add(put);
                batchBytes += put.key().length + put.value().length;
                if (batch.size() == BATCH_ROWS || batchBytes >= BATCH_BYTES) {
                    batches.accept(batch);
                    entries += batch.size();
                    bytes += batchBytes;
                    batch = new ArrayList<>();
                    batchBytes = 0;
                }
            }
            batches.accept(batch);
            if (in.readLong() != entries + batch.size() || in.readLong() != bytes + batchBytes) {
                throw new IOException("the export is damaged: its manifest has other counts");
            }
            byte[] expected = digest.digest();
            if (!MessageDigest.isEqual(in.readNBytes(expected.length), expected) || in.read() >= 0) {
                throw new IOException("the export is damaged: its SHA-256 differs");
            }
            return entries + batch.size();
        } catch (EOFException e) {
            throw new IOException("the export is cut off", e);
        }
    }

    private static boolean next(DataInputStream in) throws IOException {
        int mark = in.readByte();
        if (mark != 'E' && mark != 'M') {
            throw new IOException("the export is damaged: an entry was expected");
        }
        return mark == 'E';
    }

    private static Put put(DataInputStream in, StateOptions options) throws IOException {
        byte[] key = read(in, "key", options.maxKeyBytes());
        byte[] value = read(in, "value", options.maxValueBytes());
        int length = in.readInt();
        Json metadata = null;
        if (length >= 0) {
            metadata = json(read(in, "metadata", length, MAX_METADATA));
        }
        long expires = in.readLong();
        if (expires != NEVER && (expires < 0 || expires > MAX_EXPIRY)) {
            throw new IOException("the export is damaged: an expiry is out of range");
        }
        return new Put(
                key, value, null, expires == NEVER ? null : Instant.EPOCH.plus(expires, ChronoUnit.MICROS), metadata);
    }

    private static Json json(byte[] text) throws IOException {
        try {
            return Json.parse(new String(text, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new IOException("the export is damaged: metadata cannot be stored", e);
        }
    }

    private static byte[] read(DataInputStream in, String field, int max) throws IOException {
        return read(in, field, in.readInt(), max);
    }

    /** A length above the maximum is refused, and memory is allocated only as bytes arrive. */
    private static byte[] read(DataInputStream in, String field, int length, int max) throws IOException {
        if (length < 0) {
            throw new IOException("the export is damaged: a length is negative");
        }
        if (length > max) {
            throw new IllegalArgumentException(field + " has " + length + " bytes; at most " + max);
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
