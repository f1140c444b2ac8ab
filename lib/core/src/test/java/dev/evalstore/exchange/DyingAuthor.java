package dev.evalstore.exchange;

import dev.evalstore.Database;
import dev.evalstore.DatabaseConfig;
import dev.evalstore.Json;
import dev.evalstore.Repositories;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Creates a definition with 10,000 test cases, each with two expected outputs and a constraint. */
final class DyingAuthor {
    static final int CASES = 10_000;

    private DyingAuthor() {}

    static BenchmarkDefinition create(Repositories rooms) {
        List<NewTestCase> cases = new ArrayList<>();
        for (int i = 0; i < CASES; i++) {
            cases.add(Cases.of("case-" + i)
                    .accept(ExpectedOutput.of(MatchKind.EXACT, "yes " + i))
                    .accept(ExpectedOutput.of(MatchKind.FUZZY, "yes, indeed " + i))
                    .constrain(OutputConstraint.of(ConstraintKind.LENGTH, Json.of(Map.of("max", 100)))));
        }
        return rooms.exchange()
                .definitions()
                .create(
                        ExchangeFixtures.definition("big"),
                        "1.0.0",
                        ExchangeFixtures.version().cases(cases));
    }

    public static void main(String[] arguments) {
        DatabaseConfig config = DatabaseConfig.builder()
                .url(arguments[0])
                .user(arguments[1])
                .password(arguments[2])
                .applicationName("dying-author")
                .poolSize(1)
                .build();
        try (Database db = Database.open(config)) {
            System.out.println("begins");
            create(db);
            System.out.println("done");
        }
    }
}
