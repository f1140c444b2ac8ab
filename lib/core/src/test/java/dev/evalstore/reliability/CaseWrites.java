package dev.evalstore.reliability;

import dev.evalstore.Json;
import dev.evalstore.exchange.ConstraintKind;
import dev.evalstore.exchange.Expectation;
import dev.evalstore.exchange.ExpectedOutput;
import dev.evalstore.exchange.MatchKind;
import dev.evalstore.exchange.NewTestCase;
import dev.evalstore.exchange.OutputConstraint;
import dev.evalstore.exchange.UpdateTestCase;
import java.util.List;
import java.util.UUID;

/** Of the test cases of versions. */
final class CaseWrites {
    private static final Expectation EXPECTATION = new Expectation(
            List.of(ExpectedOutput.of(MatchKind.EXACT, "yes")),
            List.of(OutputConstraint.of(ConstraintKind.JSON, Json.EMPTY)));

    private CaseWrites() {}

    static List<Write<?>> testCases() {
        return List.of(
                Write.of(
                        "testCases.create/2",
                        CaseWrites::version,
                        (r, version) -> r.exchange().testCases().create(version, newCase("k"))),
                Write.of(
                        "testCases.createAll/2",
                        CaseWrites::version,
                        (r, version) ->
                                r.exchange().testCases().createAll(version, List.of(newCase("k"), newCase("l")))),
                Write.of(
                        "testCases.update/2",
                        CaseWrites::testCase,
                        (r, id) -> r.exchange().testCases().update(id, UpdateTestCase.NOTHING.name("another"))),
                Write.of(
                        "testCases.setExpectation/2",
                        CaseWrites::testCase,
                        (r, id) -> r.exchange()
                                .testCases()
                                .setExpectation(
                                        id,
                                        new Expectation(List.of(ExpectedOutput.of(MatchKind.EXACT, "no")), List.of()))),
                Write.of(
                        "testCases.delete/1",
                        CaseWrites::testCase,
                        (r, id) -> r.exchange().testCases().delete(id)));
    }

    private static NewTestCase newCase(String key) {
        NewTestCase one = NewTestCase.of(key, "name", "prompt");
        return one.answer(one.answer().expectation(EXPECTATION));
    }

    private static UUID version(Lab lab) {
        UUID definition = ExchangeWrites.draft(lab);
        return lab.db()
                .exchange()
                .definitions()
                .version(definition, "1.0.0")
                .orElseThrow()
                .id();
    }

    private static UUID testCase(Lab lab) {
        return lab.db()
                .exchange()
                .testCases()
                .create(version(lab), newCase("k"))
                .id();
    }
}
