package dev.evalstore.tracking;

import dev.evalstore.internal.jdbc.Predicates;
import dev.evalstore.internal.jdbc.Sql;
import dev.evalstore.search.Attribute;
import dev.evalstore.search.Clause;
import dev.evalstore.search.Condition;
import dev.evalstore.search.Field;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a condition of the search language a condition of SQL on an experiment {@code e}. Every value and every name is an
 * argument.
 *
 * <p>What an experiment has of a metric or param is asked for by {@code (exists (…)) is true}. The server then decides between
 * two ways: to ask for each experiment by the key, or to collect, by an index that begins with the project, all experiments that
 * have it. A bare {@code exists} would be joined instead, in an order that depends on how many rows are expected. That is not
 * known, since the values of one name are like those of no other.
 *
 * @param number the expression of the experiment's number
 * @param inProject whether the statement has the project in {@code scope}
 * @param own the metric whose row {@code o} the experiment was found by, which is not looked up again
 * @param ownIsThere whether it has that row
 */
record SearchConditions(String number, boolean inProject, Field.@Nullable Metric own, boolean ownIsThere) {
    private static final String METRIC = """
            (exists (select from evalstore.experiment_metrics m where m.experiment = {n}{scope}
            and m.name_id = (select n.id from evalstore.metric_names n where n.name = ?) and""";

    private static final String PARAM = """
            (exists (select from evalstore.experiment_params p where p.experiment = {n}{scope}
            and p.name_id = (select n.id from evalstore.param_names n where n.name = ?) and""";

    private static final String METRIC_SCOPE = " and m.project = (select s.id from scope s)";
    private static final String PARAM_SCOPE = " and p.project = (select s.id from scope s)";
    private static final String IS_TRUE = ")) is true";
    private static final String IS_NOT_TRUE = ")) is not true";

    private static final String DATASET = """
            exists (select from evalstore.datasets d where d.id = e.dataset_id and""";

    private static final String PROJECT = """
            exists (select from evalstore.projects j where j.id = e.project and""";

    private static final Sql TRUE = Sql.of("true");
    private static final Sql FALSE = Sql.of("false");

    private static final Map<Attribute, String> COLUMNS = columns();

    private static Map<Attribute, String> columns() {
        Map<Attribute, String> columns = new EnumMap<>(Attribute.class);
        for (Attribute attribute : Attribute.values()) {
            columns.put(attribute, "e.{c}".replace("{c}", attribute.toString()));
        }
        columns.put(Attribute.PROJECT, "j.name");
        columns.put(Attribute.DATASET_NAME, "d.name");
        columns.put(Attribute.DATASET_VERSION, "d.version_label");
        columns.put(Attribute.DATASET_CHECKSUM, "d.checksum");
        return columns;
    }

    /** The column of an attribute: of the experiment {@code e}, its dataset {@code d} or its project {@code j}. */
    static String column(Attribute attribute) {
        String column = COLUMNS.get(attribute);
        if (column == null) {
            throw new IllegalStateException("the attribute " + attribute + " has no column");
        }
        return column;
    }

    static boolean isOfDataset(Field field) {
        return field == Attribute.DATASET_NAME
                || field == Attribute.DATASET_VERSION
                || field == Attribute.DATASET_CHECKSUM;
    }

    /** The condition; it may be unknown to the server where it is not met. */
    Sql of(Condition condition) {
        if (condition instanceof Condition.All all) {
            return Predicates.all(all.conditions().stream().map(this::of).toList());
        }
        if (condition instanceof Condition.Any any) {
            return Predicates.any(any.conditions().stream().map(this::of).toList());
        }
        if (condition instanceof Condition.Not not) {
            return Predicates.not(of(not.condition()));
        }
        return clause((Clause) condition);
    }

    private Sql clause(Clause clause) {
        Field field = clause.field();
        boolean isMissing = clause instanceof Clause.IsNull isNull && !isNull.negated();
        if (field instanceof Field.Metric metric) {
            if (metric.equals(own)) {
                Sql asked = ownIsThere && !isMissing ? SearchedValues.real(clause, "o.last_value") : FALSE;
                return isMissing && !ownIsThere ? TRUE : asked;
            }
            Sql asked = isMissing ? TRUE : SearchedValues.real(clause, "m.last_value");
            return had(METRIC, METRIC_SCOPE, metric.name(), asked, isMissing);
        }
        if (field instanceof Field.Param param) {
            Sql asked = isMissing ? TRUE : SearchedValues.param(clause);
            return had(PARAM, PARAM_SCOPE, param.name(), asked, isMissing);
        }
        if (field instanceof Field.Tag tag) {
            Sql value = Sql.of("(e.tags ->> ?)", tag.name());
            return isMissing ? Predicates.not(Predicates.given(value)) : SearchedValues.texts(clause, value);
        }
        Attribute attribute = (Attribute) field;
        String column = column(attribute);
        if (attribute == Attribute.PROJECT || isOfDataset(attribute)) {
            Sql asked = isMissing ? Predicates.given(column) : SearchedValues.attribute(clause, attribute, column);
            Sql had = Sql.of(attribute == Attribute.PROJECT ? PROJECT : DATASET)
                    .and(asked)
                    .and(")");
            return isMissing ? Predicates.not(had) : had;
        }
        return isMissing ? Predicates.missing(column) : SearchedValues.attribute(clause, attribute, column);
    }

    private Sql had(String text, String scope, String name, Sql asked, boolean negated) {
        String whole = text.replace("{n}", number).replace("{scope}", inProject ? scope : "");
        return Sql.of(whole, name).and(asked).and(negated ? IS_NOT_TRUE : IS_TRUE);
    }
}
