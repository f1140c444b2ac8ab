package dev.evalstore.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultPlanTest {
    private static final Duration TIME = Duration.ofMinutes(2);

    private static List<Fault> plan(long seed) {
        return FaultPlan.of(seed, TIME, SoakRun.names());
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void the_same_seed_is_the_same_schedule_and_another_seed_another(long seed) {
        assertThat(plan(seed)).isEqualTo(plan(seed)).isNotEqualTo(plan(seed + 1));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void every_kind_strikes_in_two_minutes_and_one_every_few_seconds(long seed) {
        List<Fault> plan = plan(seed);
        assertThat(plan.stream().map(Fault::kind)).contains(Fault.Kind.values());
        for (int i = 1; i < plan.size(); i++) {
            assertThat(plan.get(i).at().minus(plan.get(i - 1).at())).isLessThan(Duration.ofSeconds(20));
        }
        assertThat(plan)
                .hasSizeGreaterThan(30)
                .allSatisfy(fault -> assertThat(fault.at().plus(fault.lasts())).isLessThanOrEqualTo(TIME));
    }
}
