package dev.evalstore.internal.jdbc;

import dev.evalstore.DatabaseException;
import dev.evalstore.Json;
import dev.evalstore.internal.StoredJson;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One row, read by label. The plain readers refuse null, the {@code …OrNull} ones admit it. */
public final class Row {
    private final ResultSet result;
    private final String prefix;
    private final Row whole;
    private long characters;

    Row(ResultSet result) {
        this.result = result;
        this.prefix = "";
        this.whole = this;
    }

    private Row(Row whole, String prefix) {
        this.result = whole.result;
        this.prefix = prefix;
        this.whole = whole;
    }

    /** How many characters of texts, and bytes, were read since this was asked last. */
    long takeCharacters() {
        long taken = characters;
        characters = 0;
        return taken;
    }

    /** The columns of one of several tables in a join, as {@link Table#columns(String)} labels them. */
    public Row at(String alias) {
        return new Row(whole, alias + "_");
    }

    public UUID uuid(String label) throws SQLException {
        return given(label, uuidOrNull(label));
    }

    public @Nullable UUID uuidOrNull(String label) throws SQLException {
        return result.getObject(prefix + label, UUID.class);
    }

    public String text(String label) throws SQLException {
        return given(label, textOrNull(label));
    }

    public @Nullable String textOrNull(String label) throws SQLException {
        String value = result.getString(prefix + label);
        whole.characters += value == null ? 0 : value.length();
        return value;
    }

    public int integer(String label) throws SQLException {
        return given(label, integerOrNull(label));
    }

    public @Nullable Integer integerOrNull(String label) throws SQLException {
        int value = result.getInt(prefix + label);
        return result.wasNull() ? null : (Integer) value;
    }

    public long bigint(String label) throws SQLException {
        return given(label, bigintOrNull(label));
    }

    public @Nullable Long bigintOrNull(String label) throws SQLException {
        long value = result.getLong(prefix + label);
        return result.wasNull() ? null : (Long) value;
    }

    public double real(String label) throws SQLException {
        return given(label, realOrNull(label));
    }

    public @Nullable Double realOrNull(String label) throws SQLException {
        double value = result.getDouble(prefix + label);
        return result.wasNull() ? null : (Double) value;
    }

    public boolean bool(String label) throws SQLException {
        return given(label, boolOrNull(label));
    }

    public @Nullable Boolean boolOrNull(String label) throws SQLException {
        boolean value = result.getBoolean(prefix + label);
        return result.wasNull() ? null : (Boolean) value;
    }

    public BigDecimal numeric(String label) throws SQLException {
        return given(label, numericOrNull(label));
    }

    public @Nullable BigDecimal numericOrNull(String label) throws SQLException {
        return result.getBigDecimal(prefix + label);
    }

    public byte[] bytes(String label) throws SQLException {
        return given(label, bytesOrNull(label));
    }

    public byte @Nullable [] bytesOrNull(String label) throws SQLException {
        byte[] value = result.getBytes(prefix + label);
        whole.characters += value == null ? 0 : value.length;
        return value;
    }

    public Instant instant(String label) throws SQLException {
        return given(label, instantOrNull(label));
    }

    public @Nullable Instant instantOrNull(String label) throws SQLException {
        OffsetDateTime value = result.getObject(prefix + label, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }

    public LocalDate date(String label) throws SQLException {
        return given(label, dateOrNull(label));
    }

    public @Nullable LocalDate dateOrNull(String label) throws SQLException {
        return result.getObject(prefix + label, LocalDate.class);
    }

    public Json json(String label) throws SQLException {
        return given(label, jsonOrNull(label));
    }

    public @Nullable Json jsonOrNull(String label) throws SQLException {
        String value = textOrNull(label);
        return value == null ? null : StoredJson.of(value);
    }

    public List<String> texts(String label) throws SQLException {
        return given(label, textsOrNull(label));
    }

    public @Nullable List<String> textsOrNull(String label) throws SQLException {
        var array = result.getArray(prefix + label);
        List<String> values = array == null ? null : List.of((String[]) array.getArray());
        if (values != null) {
            values.forEach(value -> whole.characters += value.length());
        }
        return values;
    }

    public @Nullable List<Integer> integersOrNull(String label) throws SQLException {
        var array = result.getArray(prefix + label);
        return array == null ? null : List.of((Integer[]) array.getArray());
    }

    public List<Double> reals(String label) throws SQLException {
        var array = given(label, result.getArray(prefix + label));
        return List.of((Double[]) array.getArray());
    }

    /** The enum constant whose name, in lower case, the column holds. */
    public <E extends Enum<E>> E enumValue(String label, Class<E> type) throws SQLException {
        return given(label, enumValueOrNull(label, type));
    }

    public <E extends Enum<E>> @Nullable E enumValueOrNull(String label, Class<E> type) throws SQLException {
        String value = result.getString(prefix + label);
        try {
            return value == null ? null : Enum.valueOf(type, value.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new DatabaseException(
                    "column " + label + " holds a value that is no " + type.getSimpleName()
                            + " of this library; is the schema newer?",
                    null,
                    null);
        }
    }

    private static <T> T given(String label, @Nullable T value) {
        if (value == null) {
            throw new DatabaseException("column " + label + " is null where a value was expected", null, null);
        }
        return value;
    }
}
