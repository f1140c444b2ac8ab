package dev.evalstore.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConflictException;
import dev.evalstore.NotFoundException;
import dev.evalstore.testkit.TestDatabase;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ConfigPopulationTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    private final ConfigRepository configs = database.db().matrix().configs();
    private final MatrixFixture fixture = new MatrixFixture(database);

    @BeforeEach
    void empty() {
        MatrixFixture.empty(database);
    }

    private static MatrixSpec spec(UUID version, List<UUID> machines, UUID framework) {
        return MatrixSpec.of(version, machines, List.of(framework), List.of("chatbot"), List.of(1), List.of(1024));
    }

    @Test
    void what_the_catalogue_lacks_is_named_by_kind_and_id_also_beside_a_machine_that_is_too_small() {
        UUID version = fixture.version();
        UUID small = fixture.machine("8", "1");
        UUID large = fixture.machine("80", "2");
        UUID framework = fixture.framework();
        UUID unknown = UUID.randomUUID();

        missing("model version", unknown, spec(unknown, List.of(small, large), framework));
        missing("hardware config", unknown, spec(version, List.of(small, unknown), framework));
        missing("inference framework", unknown, spec(version, List.of(small, large), unknown));
        assertThat(configs.count(ConfigFilter.ALL)).isZero();
    }

    private void missing(String entity, UUID id, MatrixSpec spec) {
        assertThatThrownBy(() -> configs.dryRun(spec)).isInstanceOfSatisfying(NotFoundException.class, e -> {
            assertThat(e.entity()).isEqualTo(entity);
            assertThat(e.id()).isEqualTo(id.toString());
        });
        assertThatThrownBy(() -> configs.populate(spec)).isInstanceOf(NotFoundException.class);
    }

    @Test
    void machines_that_are_too_small_are_left_out_and_named_and_without_any_other_nothing_is_made() {
        UUID version = fixture.version();
        UUID small = fixture.machine("8", "1");
        UUID large = fixture.machine("80", "2");
        UUID framework = fixture.framework();

        PopulateResult expected = new PopulateResult(1, 0, List.of(small));
        assertThat(configs.dryRun(spec(version, List.of(small, large), framework)))
                .isEqualTo(expected);
        assertThat(configs.populate(spec(version, List.of(small, large), framework)))
                .isEqualTo(expected);
        assertThatThrownBy(() -> configs.populate(spec(version, List.of(small), framework)))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("none of the 1 machines");
        assertThat(configs.count(ConfigFilter.ALL)).isEqualTo(1);
    }

    @Test
    void the_rank_is_the_sum_over_workload_batch_size_and_sequence_length_unless_one_is_given() {
        UUID version = fixture.version();
        List<UUID> machines = fixture.machines(1);
        List<UUID> frameworks = fixture.frameworks(1);
        List<String> workloads = List.of("chatbot", "qa", "code", "creative", "summarization", "other");
        configs.populate(MatrixSpec.of(
                version, machines, frameworks, workloads, List.of(1, 4), List.of(1024, 2048, 4096, 8192, 512)));
        configs.forEach(ConfigFilter.ALL, config -> {
            int length = switch (config.sequenceLength()) {
                case 1024 -> 0;
                case 2048 -> 20;
                case 4096 -> 40;
                case 8192 -> 60;
                default -> 80;
            };
            assertThat(config.priorityRank())
                    .isEqualTo((workloads.indexOf(config.workloadType()) + 1) * 100
                            + (config.batchSize() - 1) * 10
                            + length);
            assertThat(config.maxAttempts()).isEqualTo(5);
        });
        configs.populate(MatrixSpec.of(version, machines, frameworks, List.of("x"), List.of(9), List.of(9))
                .priorityRank(7)
                .maxAttempts(2));
        assertThat(configs.list(ConfigFilter.ALL.workload("x"), 10, null).items())
                .singleElement()
                .satisfies(config -> {
                    assertThat(config.priorityRank()).isEqualTo(7);
                    assertThat(config.maxAttempts()).isEqualTo(2);
                });
    }
}
