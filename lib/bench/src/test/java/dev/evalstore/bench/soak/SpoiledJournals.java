package dev.evalstore.bench.soak;

import dev.evalstore.bench.soak.Journal.Status;
import dev.evalstore.bench.soak.Journals.Line;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Journals that say something else than happened.
 *
 * @param violation what must be said of them
 * @param otherwise makes them of those that say what happened
 */
record SpoiledJournals(String violation, UnaryOperator<Journals> otherwise) {
    @Override
    public String toString() {
        return violation;
    }

    /** Something that a client was told is there. */
    static Line acknowledged(Journals journals, String room, String what) {
        return journals.of(room, what).stream()
                .filter(line -> line.status() == Status.OK)
                .findFirst()
                .orElseThrow();
    }

    /** What the follower was given between two others without having to begin anew: nothing excuses that it is missing. */
    private static Line between(Journals journals) {
        List<Line> given = journals.of(Stage.STATE, Follower.WATCH);
        return IntStream.range(1, given.size() - 1)
                .filter(i -> given.subList(i - 1, i + 2).stream()
                        .allMatch(line -> line.status() == Status.OK
                                && line.client().equals(given.get(i).client())))
                .mapToObj(given::get)
                .findFirst()
                .orElseThrow();
    }

    private static Line like(Line line, Status status) {
        return new Line(line.client(), line.millis(), status, line.room(), line.what(), line.name(), line.detail());
    }

    private static Line leading(String client, String term, String when) {
        return new Line(client, 0, Status.OK, Stage.LEADER, LeaderRoom.LEAD, term, when);
    }

    static Stream<SpoiledJournals> all() {
        return Stream.of(
                new SpoiledJournals(
                        "an effect was acknowledged and is not there",
                        told -> told.with(new Line("x", 0, Status.OK, Stage.JOBS, "effect", "x:1", ""))),
                new SpoiledJournals(
                        "an effect is there although its client was told that it is not",
                        told -> told.with(like(acknowledged(told, Stage.JOBS, "effect"), Status.LOST))),
                new SpoiledJournals(
                        "a job is there and nobody tried it",
                        told -> told.without(line -> line.what().equals("order"))),
                new SpoiledJournals(
                        "a deletion's audit entry is there although its client was told that it is not",
                        told -> told.with(like(acknowledged(told, Stage.JOBS, "delete"), Status.FAILED))),
                new SpoiledJournals(
                        "a load of jobs is there although its client was told that it is not",
                        told -> told.with(like(acknowledged(told, Stage.JOBS, "load"), Status.FAILED))),
                new SpoiledJournals(
                        "an evaluation is there although its client was told that it is not",
                        told -> told.with(like(acknowledged(told, Stage.EVALUATIONS, "createAll"), Status.FAILED))),
                new SpoiledJournals(
                        "an evaluation is there and nobody tried it",
                        told -> told.without(line ->
                                line.what().equals("createAll") && line.room().equals(Stage.EVALUATIONS))),
                new SpoiledJournals(
                        "a transfer's line is there although its client was told that it is not",
                        told -> told.with(like(acknowledged(told, Stage.STATE, "transfer"), Status.FAILED))),
                new SpoiledJournals(
                        "an entry is there although its client was told that it is not",
                        told -> told.with(new Line(
                                "x",
                                0,
                                Status.OK,
                                Stage.STATE,
                                "delete",
                                acknowledged(told, Stage.STATE, "putAll").name().split(",", -1)[0],
                                ""))),
                new SpoiledJournals(
                        "a result is there although its client was told that it is not",
                        told -> told.with(like(acknowledged(told, Stage.MATRIX, "complete"), Status.LOST))),
                new SpoiledJournals(
                        "a checkpoint was acknowledged and is not there",
                        told -> told.with(new Line("x", 0, Status.OK, Stage.STATE, "checkpoint", "x", "x"))),
                new SpoiledJournals(
                        "a change that the follower was to be given was acknowledged and is not there", told -> {
                            Line one = between(told);
                            return told.without(line -> line.equals(one));
                        }),
                new SpoiledJournals(
                        "a change that the follower was to be given is there more than once",
                        told -> told.with(acknowledged(told, Stage.STATE, Follower.WATCH))),
                new SpoiledJournals(
                        "an event is there although its client was told that it is not",
                        told -> told.with(like(acknowledged(told, Stage.EVENTS, "append"), Status.REFUSED))),
                new SpoiledJournals(
                        "a delivery is there although its client was told that it is not",
                        told -> told.with(like(acknowledged(told, Stage.EVENTS, "hear"), Status.LOST))),
                new SpoiledJournals(
                        "an event is there and nobody tried it",
                        told -> told.without(line -> line.what().equals("appendAll"))),
                new SpoiledJournals(
                        "a turn is there although its client was told that it is not",
                        told -> told.with(like(acknowledged(told, Stage.LOCKS, "order"), Status.REFUSED))),
                new SpoiledJournals(
                        "the copy is none of the exports that may have been imported last",
                        told -> told.with(
                                new Line("x", Long.MAX_VALUE, Status.OK, Stage.STATE, Exports.IMPORT, "x:1.2.3", ""))),
                new SpoiledJournals(
                        "an export is not of one moment",
                        told -> told.with(
                                new Line("x", 0, Status.OK, Stage.STATE, Exports.EXPORT, "x", "19999 in 1220"))),
                new SpoiledJournals("two led at a time", told -> {
                    Line led = acknowledged(told, Stage.LEADER, LeaderRoom.LEAD);
                    return told.with(leading("x", Long.toString(Long.MAX_VALUE), led.detail()));
                }),
                new SpoiledJournals("a term has more than one leader", told -> {
                    Line led = acknowledged(told, Stage.LEADER, LeaderRoom.LEAD);
                    return told.with(leading("x", led.name(), led.detail()));
                }),
                new SpoiledJournals(
                        "something unexpected happened to a client",
                        told -> told.with(new Line("x", 0, Status.SURPRISE, Stage.STATE, "sum", "-", "x"))));
    }
}
