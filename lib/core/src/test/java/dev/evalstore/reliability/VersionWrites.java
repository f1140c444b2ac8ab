package dev.evalstore.reliability;

import dev.evalstore.exchange.Bump;
import dev.evalstore.exchange.DefinitionCategory;
import dev.evalstore.exchange.NewTestCase;
import dev.evalstore.exchange.Subcategory;
import dev.evalstore.exchange.UpdateDefinitionVersion;
import dev.evalstore.reliability.Write.Trait;
import java.util.List;
import java.util.UUID;

/** Of versions of benchmark definitions. */
final class VersionWrites {
    private VersionWrites() {}

    static List<Write<?>> versions() {
        return List.of(
                Write.of(
                                "definitions.publish/3",
                                ExchangeWrites::draft,
                                (r, id) ->
                                        r.exchange().definitions().publish(id, Bump.MINOR, ExchangeWrites.newVersion()))
                        .which(Trait.ADDS),
                Write.of(
                                "definitions.publish/3",
                                ExchangeWrites::draft,
                                (r, id) -> r.exchange()
                                        .definitions()
                                        .publish(
                                                id,
                                                "2.0.0-rc.1",
                                                ExchangeWrites.newVersion()
                                                        .copyCases()
                                                        .subcategories(
                                                                List.of(Subcategory.of("a", DefinitionCategory.COST)))
                                                        .cases(List.of(NewTestCase.of("a", "A", "Q?")))))
                        .like("by number"),
                Write.of(
                        "definitions.updateVersion/2",
                        VersionWrites::version,
                        (r, id) -> r.exchange()
                                .definitions()
                                .updateVersion(id, UpdateDefinitionVersion.NOTHING.secondaryMetrics(Lab.SOME))),
                Write.of(
                        "definitions.setSubcategories/2",
                        VersionWrites::version,
                        (r, id) -> Writes.done(() -> r.exchange()
                                .definitions()
                                .setSubcategories(id, List.of(Subcategory.of("a", DefinitionCategory.COST))))));
    }

    private static UUID version(Lab lab) {
        return lab.db()
                .exchange()
                .definitions()
                .version(ExchangeWrites.draft(lab), "1.0.0")
                .orElseThrow()
                .id();
    }
}
