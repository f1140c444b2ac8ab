package dev.evalstore.cache;

import dev.evalstore.JsonMapping;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/** The bytes of values in a shared cache: a byte that says whether they are compressed, and JSON. */
final class Codec {
    /**
     * A part of each key. Another number whenever a cached type gets another shape, so that no version of the library reads what
     * another one wrote; a test says when.
     */
    static final int FORMAT = 1;

    /** Shorter ones are sent as fast as they are compressed. */
    private static final int COMPRESSED_FROM = 16_384;

    private static final byte PLAIN = 0;
    private static final byte COMPRESSED = 1;

    private Codec() {}

    static byte[] write(Object value) {
        byte[] json = JsonMapping.builtIn().write(value).getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(json.length + 1);
        if (json.length < COMPRESSED_FROM) {
            out.write(PLAIN);
            out.writeBytes(json);
            return out.toByteArray();
        }
        out.write(COMPRESSED);
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
        if (bytes.length == 0 || bytes[0] != PLAIN && bytes[0] != COMPRESSED) {
            throw new IOException("neither plain nor compressed");
        }
        try (ByteArrayInputStream in = new ByteArrayInputStream(bytes, 1, bytes.length - 1)) {
            byte[] json = bytes[0] == PLAIN ? in.readAllBytes() : new InflaterInputStream(in).readAllBytes();
            return JsonMapping.builtIn().read(new String(json, StandardCharsets.UTF_8), type);
        }
    }
}
