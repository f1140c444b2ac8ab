package dev.evalstore.event;

import java.time.Duration;
import org.junit.jupiter.api.Tag;

/** The same for a minute. */
@Tag("long")
class EventDeliveryForLongTest extends EventDeliveryTest {
    @Override
    Duration time() {
        return Duration.ofMinutes(1);
    }

    @Override
    Duration between() {
        return Duration.ofSeconds(3);
    }
}
