package dev.evalstore.reliability;

import dev.evalstore.exchange.BenchmarkDefinition;
import dev.evalstore.exchange.DefinitionCategory;
import dev.evalstore.exchange.DefinitionRepository;
import dev.evalstore.exchange.NewBenchmarkDefinition;
import dev.evalstore.exchange.NewDefinitionVersion;
import dev.evalstore.exchange.PrimaryMetric;
import dev.evalstore.exchange.UpdateBenchmarkDefinition;
import java.util.List;
import java.util.UUID;

/** Of benchmark definitions, their versions and test cases. */
final class ExchangeWrites {
    private static final String REASON = "Replaced by a better one.";

    private ExchangeWrites() {}

    /** A definition and a user. */
    private record Maintained(UUID definition, UUID user) {}

    static List<Write<?>> definitions() {
        return List.of(
                Write.of(
                        "definitions.create/3",
                        Lab::user,
                        (r, user) -> r.exchange()
                                .definitions()
                                .create(newDefinition().maintainers(List.of(user.id())), "1.0.0", newVersion())),
                Write.of(
                        "definitions.update/2",
                        ExchangeWrites::draft,
                        (r, id) -> r.exchange()
                                .definitions()
                                .update(id, UpdateBenchmarkDefinition.NOTHING.name("Another name"))),
                Write.of(
                        "definitions.submitForReview/1",
                        ExchangeWrites::draft,
                        (r, id) -> r.exchange().definitions().submitForReview(id)),
                Write.of(
                        "definitions.returnToDraft/2",
                        ExchangeWrites::underReview,
                        (r, id) -> r.exchange().definitions().returnToDraft(id, REASON)),
                Write.of(
                        "definitions.activate/1",
                        ExchangeWrites::underReview,
                        (r, id) -> r.exchange().definitions().activate(id)),
                Write.of(
                        "definitions.deprecate/2",
                        ExchangeWrites::active,
                        (r, id) -> r.exchange().definitions().deprecate(id, REASON)),
                Write.of(
                        "definitions.reactivate/1",
                        ExchangeWrites::deprecated,
                        (r, id) -> r.exchange().definitions().reactivate(id)),
                Write.of(
                        "definitions.archive/1",
                        ExchangeWrites::deprecated,
                        (r, id) -> r.exchange().definitions().archive(id)),
                Write.of(
                        "definitions.softDelete/1",
                        ExchangeWrites::draft,
                        (r, id) -> r.exchange().definitions().softDelete(id)),
                Write.of(
                        "definitions.addMaintainer/2",
                        lab -> new Maintained(draft(lab), lab.user().id()),
                        (r, of) -> r.exchange().definitions().addMaintainer(of.definition(), of.user())),
                Write.of(
                        "definitions.removeMaintainer/2",
                        ExchangeWrites::maintained,
                        (r, of) -> r.exchange().definitions().removeMaintainer(of.definition(), of.user())));
    }

    static NewBenchmarkDefinition newDefinition() {
        return NewBenchmarkDefinition.of(
                "mmlu", "MMLU", "Questions of many subjects.", DefinitionCategory.ACCURACY, "MIT");
    }

    static NewDefinitionVersion newVersion() {
        return NewDefinitionVersion.of(
                "The first version.", PrimaryMetric.of("accuracy", "The share of right answers.", "accuracy"));
    }

    private static DefinitionRepository repository(Lab lab) {
        return lab.db().exchange().definitions();
    }

    static UUID draft(Lab lab) {
        return repository(lab).create(newDefinition(), "1.0.0", newVersion()).id();
    }

    private static UUID underReview(Lab lab) {
        return repository(lab).submitForReview(draft(lab)).id();
    }

    private static UUID active(Lab lab) {
        return repository(lab).activate(underReview(lab)).id();
    }

    private static UUID deprecated(Lab lab) {
        return repository(lab).deprecate(active(lab), REASON).id();
    }

    private static Maintained maintained(Lab lab) {
        UUID user = lab.user().id();
        BenchmarkDefinition definition =
                repository(lab).create(newDefinition().maintainers(List.of(user)), "1.0.0", newVersion());
        return new Maintained(definition.id(), user);
    }
}
