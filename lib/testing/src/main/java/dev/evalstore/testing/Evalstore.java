package dev.evalstore.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives a test class a database of its own, and its methods parameters: {@link TestStore}, {@link JobTester} and {@link
 * dev.evalstore.Database}. {@link EvalstoreExtension} says the rest.
 *
 * <pre>{@code
 * @Evalstore
 * class OrdersTest {
 *     @Test
 *     void an_order_enqueues_its_job(Database db, JobTester jobs) {
 *         new Orders(db).place("GPT-4 on MMLU");
 *         jobs.assertEnqueued("benchmark", Map.of("model", "gpt-4"));
 *     }
 * }
 * }</pre>
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(EvalstoreExtension.class)
public @interface Evalstore {
    /** As whom the database is opened. */
    Role role() default Role.APPLICATION;

    /** Whether each test begins with an empty store; otherwise the tests of a class share what they store. */
    boolean reset() default true;
}
