package dev.evalstore.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Receives the events of one subscription. Stands on a method of a bean, or on a bean that is an {@link
 * dev.evalstore.event.EventHandler}: on its class, or on its {@code @Bean} method.
 *
 * <p>A method takes one {@link dev.evalstore.event.EventContext} or one {@link dev.evalstore.event.DomainEvent}. It is
 * called on its bean's proxy. The subscription is not made by this: until it exists, its subscriber waits.
 *
 * <p>The service does not start if two subscribers have one subscription.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface EvalstoreSubscriber {
    /** The subscription's name. */
    String value();
}
