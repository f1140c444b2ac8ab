package dev.evalstore.analysis;

import dev.evalstore.tracking.ComparisonMember;
import dev.evalstore.tracking.NewComparison;
import java.util.List;
import java.util.stream.Collectors;

/** Results as rows to store. */
final class Storing {
    private Storing() {}

    static NewComparison of(ComparisonResult result, String name) {
        List<ComparedMember> members = result.members();
        ComparedPair best = result.pairs().get(0);
        String method = result.tests().stream().map(Enum::name).collect(Collectors.joining(", "));
        NewComparison.Outcome outcome = NewComparison.Outcome.of(result.sampleSize(), result.toJson());
        for (var reason : result.excluded().entrySet()) {
            outcome = outcome.excluded(reason.getKey(), reason.getValue());
        }
        for (int place = 0; place < members.size(); place++) {
            if (members.get(place).id().equals(result.winner())) {
                outcome = outcome.winner(place);
            }
        }
        Double p = best.p();
        if (p != null) {
            outcome = outcome.pValue(p);
        }
        PairEffect effect = best.effect();
        Double dz = effect == null ? null : effect.cohenDz();
        if (dz != null) {
            outcome = outcome.effect(dz);
        }
        return NewComparison.of(
                name,
                new NewComparison.Setup(
                        result.unit(),
                        result.metric(),
                        result.options().pairing(),
                        method,
                        ResultJson.of(result.options())),
                members.stream()
                        .map(member -> ComparisonMember.of(member.id(), member.label()))
                        .toList(),
                outcome,
                new NewComparison.Provenance(result.engineVersion(), result.inputHash()));
    }
}
