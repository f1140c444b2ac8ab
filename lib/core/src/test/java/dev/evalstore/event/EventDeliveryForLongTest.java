package dev.evalstore.event;

import java.time.Duration;
import org.junit.jupiter.api.Tag;

/** The same for a minute. */
@Tag("long")
class EventDeliveryForLongTest extends EventDeliveryTest {
    EventDeliveryForLongTest() {
        super(Duration.ofMinutes(1), Duration.ofSeconds(3));
    }
}
