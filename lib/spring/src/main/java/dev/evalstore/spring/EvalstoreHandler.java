package dev.evalstore.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Runs the jobs of one type. Stands on a method of a bean, or on a bean that is a {@link dev.evalstore.job.JobHandler}: on
 * its class, or on its {@code @Bean} method.
 *
 * <p>A method takes the payload, a {@link dev.evalstore.job.JobContext}, both in any order, or neither. It returns the
 * job's result, or nothing. A method is called on its bean's proxy, so {@code @Transactional} works as elsewhere. A handler
 * may run more than once for a job; see {@link dev.evalstore.job.JobHandler}.
 *
 * <p>The service does not start if two handlers have one type, or the payload's class cannot be told.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface EvalstoreHandler {
    /** The jobs' type. */
    String value();
}
