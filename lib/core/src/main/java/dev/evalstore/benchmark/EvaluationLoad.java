package dev.evalstore.benchmark;

import dev.evalstore.internal.jdbc.BinaryCopy;
import dev.evalstore.internal.jdbc.SqlArray;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Evaluations on their way to the server. Those with an item come in one order, whatever order they are given in: so of two
 * callers that load the same items, one is refused, and they never wait for each other in a circle.
 */
record EvaluationLoad(List<UUID> ids, List<NewEvaluation> rows) {
    private static final UUID NO_EXPERIMENT = new UUID(0, 0);

    private static final Comparator<NewEvaluation.Place> BY_ITEM = Comparator.comparing(
                    (NewEvaluation.Place place) -> Objects.requireNonNullElse(place.experimentId(), NO_EXPERIMENT))
            .thenComparing(place -> Objects.requireNonNullElse(place.itemKey(), ""))
            .thenComparingInt(NewEvaluation.Place::repeat);

    static EvaluationLoad of(List<UUID> ids, List<NewEvaluation> rows) {
        if (rows.stream().allMatch(row -> row.place().itemKey() == null)) {
            return new EvaluationLoad(ids, rows);
        }
        List<Integer> order = IntStream.range(0, rows.size())
                .boxed()
                .sorted(Comparator.comparing(i -> rows.get(i).place(), BY_ITEM))
                .toList();
        return new EvaluationLoad(
                order.stream().map(ids::get).toList(),
                order.stream().map(rows::get).toList());
    }

    /** The experiments that they are of. */
    Set<UUID> experiments() {
        return rows.stream()
                .map(row -> row.place().experimentId())
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }

    /** The experiments, then a column each, in the order of the statement. */
    Object[] arrays() {
        List<NewEvaluation.Place> places =
                rows.stream().map(NewEvaluation::place).toList();
        List<NewEvaluation.Answer> answers =
                rows.stream().map(NewEvaluation::answer).toList();
        List<NewEvaluation.Measured> measured =
                rows.stream().map(NewEvaluation::measured).toList();
        List<NewEvaluation.Judged> judged =
                rows.stream().map(NewEvaluation::judged).toList();
        return new Object[] {
            SqlArray.uuids(experiments()),
            SqlArray.uuids(ids),
            SqlArray.uuids(places, NewEvaluation.Place::benchmarkId),
            SqlArray.texts(answers, NewEvaluation.Answer::provider),
            SqlArray.texts(answers, NewEvaluation.Answer::model),
            SqlArray.texts(answers, NewEvaluation.Answer::input),
            SqlArray.texts(answers, NewEvaluation.Answer::output),
            SqlArray.texts(answers, NewEvaluation.Answer::expected),
            SqlArray.jsons(rows, NewEvaluation::metrics),
            SqlArray.reals(rows, NewEvaluation::score),
            SqlArray.ints(measured, NewEvaluation.Measured::latencyMs),
            SqlArray.ints(measured, NewEvaluation.Measured::inputTokens),
            SqlArray.ints(measured, NewEvaluation.Measured::outputTokens),
            SqlArray.numerics(measured, NewEvaluation.Measured::costUsd),
            SqlArray.jsons(rows, NewEvaluation::metadata),
            SqlArray.uuids(places, NewEvaluation.Place::experimentId),
            SqlArray.uuids(answers, NewEvaluation.Answer::modelVersionId),
            SqlArray.texts(places, NewEvaluation.Place::itemKey),
            SqlArray.ints(places, NewEvaluation.Place::repeat),
            SqlArray.jsons(judged, NewEvaluation.Judged::judgeScores),
            SqlArray.jsons(judged, NewEvaluation.Judged::criteria),
            SqlArray.texts(judged, NewEvaluation.Judged::evaluatorVersion),
            SqlArray.uuids(rows, NewEvaluation::createdBy)
        };
    }

    /** @param deleted experiments that are as good as not there: what names one gets an id that the foreign key refuses */
    void copy(BinaryCopy out, Set<UUID> deleted) throws SQLException {
        for (int i = 0; i < rows.size(); i++) {
            NewEvaluation row = rows.get(i);
            NewEvaluation.Place place = row.place();
            UUID experiment = place.experimentId();
            NewEvaluation.Answer answer = row.answer();
            NewEvaluation.Measured measured = row.measured();
            NewEvaluation.Judged judged = row.judged();
            out.row(22)
                    .uuid(ids.get(i))
                    .uuid(place.benchmarkId())
                    .text(answer.provider())
                    .text(answer.model())
                    .text(answer.input())
                    .text(answer.output())
                    .text(answer.expected())
                    .json(row.metrics())
                    .real(row.score())
                    .integer(measured.latencyMs())
                    .integer(measured.inputTokens())
                    .integer(measured.outputTokens())
                    .numeric(measured.costUsd())
                    .json(row.metadata())
                    .uuid(experiment != null && deleted.contains(experiment) ? NO_EXPERIMENT : experiment)
                    .uuid(answer.modelVersionId())
                    .text(place.itemKey())
                    .integer(place.repeat())
                    .json(judged.judgeScores())
                    .json(judged.criteria())
                    .text(judged.evaluatorVersion())
                    .uuid(row.createdBy());
        }
    }
}
