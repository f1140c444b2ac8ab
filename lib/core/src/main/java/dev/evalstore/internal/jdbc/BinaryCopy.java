package dev.evalstore.internal.jdbc;

import dev.evalstore.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Writes rows in the binary format of {@code copy … from stdin (format binary)} (PostgreSQL documentation, COPY, "Binary
 * Format"); the fields' forms are those of the types' {@code _send} functions.
 */
public final class BinaryCopy {
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0};
    private static final long POSTGRES_EPOCH_MICROS = 946_684_800_000_000L;
    private static final long POSTGRES_EPOCH_DAY = 10_957;
    private static final int FLUSH_AT = 64 * 1024;
    private static final int TEXT_OID = 25;
    private static final BigInteger TEN_THOUSAND = BigInteger.valueOf(10_000);

    private final CopyIn copy;
    private byte[] buffer = new byte[FLUSH_AT + 8 * 1024];
    private int size;

    private BinaryCopy(CopyIn copy) {
        this.copy = copy;
    }

    /** Writes all rows, each begun by {@link #row}. */
    @FunctionalInterface
    public interface Rows {
        void write(BinaryCopy out) throws SQLException;
    }

    static long run(Connection connection, String sql, Rows rows) throws SQLException {
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
        try {
            BinaryCopy out = new BinaryCopy(copy);
            out.raw(SIGNATURE);
            out.int32(0);
            out.int32(0);
            rows.write(out);
            out.int16(-1);
            out.flush();
            return copy.endCopy();
        } catch (Throwable e) {
            try {
                if (copy.isActive()) {
                    copy.cancelCopy();
                }
            } catch (SQLException failed) {
                e.addSuppressed(failed);
            }
            throw e;
        }
    }

    /** Begins a row of so many fields. */
    public BinaryCopy row(int fields) throws SQLException {
        if (size >= FLUSH_AT) {
            flush();
        }
        return int16(fields);
    }

    public BinaryCopy uuid(@Nullable UUID value) {
        return value == null
                ? none()
                : int32(16).int64(value.getMostSignificantBits()).int64(value.getLeastSignificantBits());
    }

    public BinaryCopy text(@Nullable String value) {
        return value == null ? none() : bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    public BinaryCopy word(@Nullable Enum<?> value) {
        return text(value == null ? null : Values.word(value));
    }

    public BinaryCopy bytes(byte @Nullable [] value) {
        return value == null ? none() : int32(value.length).raw(value);
    }

    public BinaryCopy json(@Nullable Json value) {
        if (value == null) {
            return none();
        }
        byte[] text = value.text().getBytes(StandardCharsets.UTF_8);
        return int32(text.length + 1).int8(1).raw(text);
    }

    public BinaryCopy integer(@Nullable Integer value) {
        return value == null ? none() : int32(4).int32(value);
    }

    public BinaryCopy bigint(@Nullable Long value) {
        return value == null ? none() : int32(8).int64(value);
    }

    public BinaryCopy real(@Nullable Double value) {
        return value == null ? none() : bigint(Double.doubleToLongBits(value));
    }

    public BinaryCopy bool(@Nullable Boolean value) {
        return value == null ? none() : int32(1).int8(value ? 1 : 0);
    }

    public BinaryCopy instant(@Nullable Instant value) {
        return value == null ? none() : bigint(Values.micros(value) - POSTGRES_EPOCH_MICROS);
    }

    public BinaryCopy date(@Nullable LocalDate value) {
        return value == null ? none() : integer(Math.toIntExact(value.toEpochDay() - POSTGRES_EPOCH_DAY));
    }

    public BinaryCopy texts(@Nullable List<String> values) {
        if (values == null) {
            return none();
        }
        int lengthAt = size;
        int32(0);
        int32(values.isEmpty() ? 0 : 1);
        int32(0);
        int32(TEXT_OID);
        if (!values.isEmpty()) {
            int32(values.size());
            int32(1);
            values.forEach(this::text);
        }
        putInt(lengthAt, size - lengthAt - 4);
        return this;
    }

    public BinaryCopy inet(@Nullable InetAddress value) {
        if (value == null) {
            return none();
        }
        byte[] address = value.getAddress();
        int32(4 + address.length);
        return int8(address.length == 4 ? 2 : 3)
                .int8(address.length * 8)
                .int8(0)
                .int8(address.length)
                .raw(address);
    }

    /** Base-10,000 digits, the weight of the first, sign and display scale, as {@code numeric_send} has them. */
    public BinaryCopy numeric(@Nullable BigDecimal given) {
        if (given == null) {
            return none();
        }
        BigDecimal value = given.scale() < 0 ? given.setScale(0) : given;
        int fraction = (value.scale() + 3) / 4;
        BigInteger unscaled = value.unscaledValue().abs().multiply(BigInteger.TEN.pow(fraction * 4 - value.scale()));
        short[] digits = new short[unscaled.bitLength() / 13 + 1];
        int count = 0;
        while (unscaled.signum() != 0) {
            BigInteger[] parts = unscaled.divideAndRemainder(TEN_THOUSAND);
            digits[count++] = parts[1].shortValue();
            unscaled = parts[0];
        }
        int32(8 + 2 * count);
        int16(count);
        int16(count - fraction - 1);
        int16(value.signum() < 0 ? 0x4000 : 0);
        int16(value.scale());
        while (count > 0) {
            int16(digits[--count]);
        }
        return this;
    }

    private BinaryCopy none() {
        return int32(-1);
    }

    private BinaryCopy int8(int value) {
        reserve(1);
        buffer[size++] = (byte) value;
        return this;
    }

    private BinaryCopy int16(int value) {
        return int8(value >> 8).int8(value);
    }

    private BinaryCopy int32(int value) {
        reserve(4);
        putInt(size, value);
        size += 4;
        return this;
    }

    private void putInt(int at, int value) {
        buffer[at] = (byte) (value >> 24);
        buffer[at + 1] = (byte) (value >> 16);
        buffer[at + 2] = (byte) (value >> 8);
        buffer[at + 3] = (byte) value;
    }

    private BinaryCopy int64(long value) {
        return int32((int) (value >> 32)).int32((int) value);
    }

    private BinaryCopy raw(byte[] bytes) {
        reserve(bytes.length);
        System.arraycopy(bytes, 0, buffer, size, bytes.length);
        size += bytes.length;
        return this;
    }

    private void reserve(int more) {
        if (buffer.length - size < more) {
            buffer = Arrays.copyOf(buffer, Math.max(size + more, buffer.length * 2));
        }
    }

    private void flush() throws SQLException {
        copy.writeToCopy(buffer, 0, size);
        size = 0;
    }
}
