package dev.evalstore.tracking;

import dev.evalstore.internal.Check;
import dev.evalstore.internal.jdbc.Row;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.search.Attribute;
import dev.evalstore.search.Field;
import dev.evalstore.search.Order;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * One column that results are sorted by. An order of the search language is one to three of them: first a rank, which ascends both
 * ways, and then the value among those of one rank. None of the columns is ever null, so that rows can be compared with a cursor.
 *
 * @param expression the column of the statement that finds rows
 */
record SearchKey(Sql expression, Type type, boolean descending) {
    /** The rank of a number, or of what is always in order. */
    static final int RANK_NUMBER = 0;

    static final int RANK_NAN = 1;

    /** The rank of a row that lacks the field; that of a param which is no number is one less. */
    static final int RANK_MISSING = 3;

    private static final int MAX_SCALE = 40;

    private static final String RANK_OF_METRIC =
            "case when {o}.last_value is null then 3 when {o}.last_value = 'NaN' then 1 else 0 end";

    private static final String METRIC = "case when {o}.last_value < 'NaN' then {o}.last_value else 0 end";

    private static final String RANK_OF_PARAM = """
            case when {o}.kind is null then 3 when {o}.number_value is null then 2 when {o}.number_value = 'NaN' then 1
            else 0 end""";

    private static final String NUMBER_OF_PARAM = "case when {o}.number_value < 'NaN' then {o}.number_value else 0 end";

    private static final String TEXT_OF_PARAM =
            "case when {o}.number_value is null then \"left\"(coalesce({o}.text_value, ''), 100) else '' end";

    private static final String RANK = "case when {c} is null then 3 else 0 end";
    /** A cursor has room for a hundred characters of each text. */
    private static final String TEXT = "\"left\"(coalesce({c}, ''), 100) collate \"C\"";

    private static final String TIME = "coalesce({c}, 'epoch')";
    private static final String ID = "coalesce({c}, '00000000-0000-0000-0000-000000000000')";

    private static final String OF_METRIC = """
            left join evalstore.experiment_metrics {o} on {o}.experiment = {n}
            and {o}.name_id = (select n.id from evalstore.metric_names n where n.name = ?)""";

    private static final String OF_PARAM = """
            left join evalstore.experiment_params {o} on {o}.experiment = {n}
            and {o}.name_id = (select n.id from evalstore.param_names n where n.name = ?)""";

    private static final String OF_DATASET = """
            left join evalstore.datasets d on d.id = e.dataset_id""";

    private static final String OF_PROJECT = """
            join evalstore.projects j on j.id = e.project""";

    private static final List<String> ALIASES = List.of("o0", "o1", "o2", "o3");

    private static final Set<Attribute> ALWAYS_THERE = EnumSet.of(
            Attribute.ID,
            Attribute.NAME,
            Attribute.PROJECT,
            Attribute.KIND,
            Attribute.STATUS,
            Attribute.CREATED_AT,
            Attribute.UPDATED_AT,
            Attribute.TOTAL_COST_USD,
            Attribute.INPUT_TOKENS,
            Attribute.OUTPUT_TOKENS);

    /** What a key holds, and how a cursor keeps it. */
    enum Type {
        RANK,
        REAL,
        DECIMAL,
        TEXT,
        TIME,
        ID;

        Object read(Row row, String label) throws SQLException {
            return switch (this) {
                case RANK -> row.integer(label);
                case REAL -> row.real(label);
                case DECIMAL -> row.numeric(label);
                case TEXT -> row.text(label);
                case TIME -> row.instant(label);
                case ID -> row.uuid(label);
            };
        }

        void write(DataOutputStream out, Object value) throws IOException {
            switch (this) {
                case RANK -> out.writeByte((Integer) value);
                case REAL -> out.writeDouble((Double) value);
                case DECIMAL, TEXT -> {
                    byte[] text = value.toString().getBytes(StandardCharsets.UTF_8);
                    out.writeShort(text.length);
                    out.write(text);
                }
                case TIME -> {
                    out.writeLong(ChronoUnit.MICROS.between(Instant.EPOCH, (Instant) value));
                }
                case ID -> {
                    out.writeLong(((UUID) value).getMostSignificantBits());
                    out.writeLong(((UUID) value).getLeastSignificantBits());
                }
            }
        }

        Object read(DataInputStream in) throws IOException {
            return switch (this) {
                case RANK -> (int) in.readByte();
                case REAL -> in.readDouble();
                case DECIMAL -> decimal(text(in));
                case TEXT -> Check.characters("cursor", text(in));
                case TIME -> Check.time("cursor", Instant.EPOCH.plus(in.readLong(), ChronoUnit.MICROS));
                case ID -> new UUID(in.readLong(), in.readLong());
            };
        }

        /** Of a column with a bounded scale; the server would write out any other. */
        private static BigDecimal decimal(String text) {
            BigDecimal value = new BigDecimal(text);
            Check.range("cursor", value.scale(), -MAX_SCALE, MAX_SCALE);
            return value;
        }

        private static String text(DataInputStream in) throws IOException {
            return new String(in.readNBytes(in.readUnsignedShort()), StandardCharsets.UTF_8);
        }
    }

    /** What an order needs: tables beside the experiment, and the keys. */
    record Joined(List<Sql> joins, List<SearchKey> keys) {}

    /** The keys of these orders, of which the first {@code skipped} are found otherwise. */
    static Joined of(List<Order> orders, int skipped, String number) {
        List<Sql> joins = new ArrayList<>();
        List<SearchKey> keys = new ArrayList<>();
        boolean[] isJoined = new boolean[2];
        for (int i = skipped; i < orders.size(); i++) {
            Field field = orders.get(i).field();
            String alias = ALIASES.get(i);
            boolean descending = orders.get(i).descending();
            if (field instanceof Field.Metric metric) {
                joins.add(Sql.of(aliased(OF_METRIC, alias).replace("{n}", number), metric.name()));
                keys.add(new SearchKey(Sql.of(aliased(RANK_OF_METRIC, alias)), Type.RANK, false));
                keys.add(new SearchKey(Sql.of(aliased(METRIC, alias)), Type.REAL, descending));
            } else if (field instanceof Field.Param param) {
                joins.add(Sql.of(aliased(OF_PARAM, alias).replace("{n}", number), param.name()));
                keys.add(new SearchKey(Sql.of(aliased(RANK_OF_PARAM, alias)), Type.RANK, false));
                keys.add(new SearchKey(Sql.of(aliased(NUMBER_OF_PARAM, alias)), Type.REAL, descending));
                keys.add(new SearchKey(Sql.of(aliased(TEXT_OF_PARAM, alias)), Type.TEXT, descending));
            } else if (field instanceof Field.Tag tag) {
                Sql value = Sql.of("e.tags ->> ?", tag.name());
                keys.add(new SearchKey(of(RANK, value), Type.RANK, false));
                keys.add(new SearchKey(of(TEXT, value), Type.TEXT, descending));
            } else {
                Attribute attribute = (Attribute) field;
                if (SearchConditions.isOfDataset(attribute) && !isJoined[0]) {
                    isJoined[0] = true;
                    joins.add(Sql.of(OF_DATASET));
                }
                if (attribute == Attribute.PROJECT && !isJoined[1]) {
                    isJoined[1] = true;
                    joins.add(Sql.of(OF_PROJECT));
                }
                keys.addAll(of(attribute, descending));
            }
        }
        return new Joined(joins, keys);
    }

    private static List<SearchKey> of(Attribute attribute, boolean descending) {
        Sql column = Sql.of(SearchConditions.column(attribute));
        boolean isAlwaysThere = ALWAYS_THERE.contains(attribute);
        SearchKey value = switch (attribute.type()) {
            case NUMBER -> new SearchKey(column, Type.DECIMAL, descending);
            case TIME -> new SearchKey(isAlwaysThere ? column : of(TIME, column), Type.TIME, descending);
            case ID -> new SearchKey(isAlwaysThere ? column : of(ID, column), Type.ID, descending);
            case TEXT, WORD, PARAM -> new SearchKey(of(TEXT, column), Type.TEXT, descending);
        };
        return isAlwaysThere ? List.of(value) : List.of(new SearchKey(of(RANK, column), Type.RANK, false), value);
    }

    private static String aliased(String text, String alias) {
        return text.replace("{o}", alias);
    }

    private static Sql of(String template, Sql value) {
        return new Sql(template.replace("{c}", value.text()), value.args());
    }
}
