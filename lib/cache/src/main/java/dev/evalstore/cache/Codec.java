package dev.evalstore.cache;

import dev.evalstore.JsonMapping;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of values in a shared cache: a byte that says whether they are compressed, a checksum, and JSON. Bytes that were cut, or
 * that something else wrote, are no value: JSON of another shape could be read as a record without its fields.
 */
final class Codec {
    /**
     * A part of each key. Another number whenever a cached type gets another shape, so that no version of the library reads what
     * another one wrote; a test says when.
     */
    static final int FORMAT = 2;

    /** Longer values are not stored, and not read: what unpacks to gigabytes must not cost the process its memory. */
    static final int MAX_LENGTH = 16 * 1024 * 1024;

    /** Shorter ones are sent as fast as they are compressed. */
    private static final int COMPRESSED_FROM = 16_384;

    private static final byte PLAIN = 0;
    private static final byte COMPRESSED = 1;
    private static final int HEAD = 1 + Integer.BYTES;

    private Codec() {}

    /** Null for a value that is too long. */
    static byte @Nullable [] write(Object value) {
        byte[] json = JsonMapping.builtIn().write(value).getBytes(StandardCharsets.UTF_8);
        if (json.length > MAX_LENGTH - HEAD) {
            return null;
        }
        boolean isPlain = json.length < COMPRESSED_FROM;
        ByteArrayOutputStream out = new ByteArrayOutputStream(json.length + HEAD);
        out.writeBytes(ByteBuffer.allocate(HEAD)
                .put(isPlain ? PLAIN : COMPRESSED)
                .putInt(checksum(json))
                .array());
        if (isPlain) {
            out.writeBytes(json);
            return out.toByteArray();
        }
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try (DeflaterOutputStream compressed = new DeflaterOutputStream(out, deflater)) {
            compressed.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            deflater.end();
        }
        return out.toByteArray();
    }

    /** Throws, if these are no bytes of such a value. */
    static <S> S read(byte[] bytes, Class<S> type) throws IOException {
        if (bytes.length < HEAD || bytes.length > MAX_LENGTH || bytes[0] != PLAIN && bytes[0] != COMPRESSED) {
            throw new IOException("neither plain nor compressed");
        }
        byte[] json;
        try (ByteArrayInputStream in = new ByteArrayInputStream(bytes, HEAD, bytes.length - HEAD)) {
            json = bytes[0] == PLAIN ? in.readAllBytes() : new InflaterInputStream(in).readNBytes(MAX_LENGTH);
        }
        if (checksum(json) != ByteBuffer.wrap(bytes).getInt(1)) {
            throw new IOException("not what was written");
        }
        return type.cast(JsonMapping.builtIn().read(new String(json, StandardCharsets.UTF_8), type));
    }

    private static int checksum(byte[] json) {
        CRC32C sum = new CRC32C();
        sum.update(json);
        return (int) sum.getValue();
    }
}
