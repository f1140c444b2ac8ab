package dev.evalstore.spring;

import dev.evalstore.micrometer.EvalstoreObservations;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Jobs are observed where {@code evalstore-micrometer} is on the class path; their traces are those that enqueued them. */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.actuate.autoconfigure.observation.ObservationAutoConfiguration",
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration"
        })
@ConditionalOnClass(
        name = {"dev.evalstore.micrometer.EvalstoreObservations", "io.micrometer.observation.ObservationRegistry"})
@ConditionalOnBean(type = "io.micrometer.observation.ObservationRegistry")
@ConditionalOnProperty(name = "evalstore.observations.enabled", matchIfMissing = true)
public class ObservationAutoConfiguration {
    /** Hears of attempts as the first, so that what others do at a start or an end is inside of the observation. */
    @Bean
    @ConditionalOnMissingBean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    EvalstoreObservations evalstoreObservations(ObservationRegistry registry) {
        return EvalstoreObservations.of(registry);
    }

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    DatabaseOptionsCustomizer evalstoreEnqueueObservations(EvalstoreObservations observations) {
        return options -> options.enqueueListener(observations);
    }
}
