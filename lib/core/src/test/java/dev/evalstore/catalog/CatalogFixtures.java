package dev.evalstore.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.evalstore.ConstraintViolationException;
import dev.evalstore.NotFoundException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What the catalogue's tests share. */
final class CatalogFixtures {
    private CatalogFixtures() {}

    static final String EMPTY = "delete from evalstore.models; delete from evalstore.hardware_configs;"
            + " delete from evalstore.inference_frameworks; delete from evalstore.use_cases";

    static void refused(String field, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(field);
    }

    static void violates(String constraint, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ConstraintViolationException.class,
                        e -> assertThat(e.constraint()).isEqualTo(constraint));
    }

    static void notFound(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(NotFoundException.class);
    }
}
