package sample;

import dev.evalstore.job.JobContext;
import dev.evalstore.spring.EvalstoreHandler;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

@Component
class Shipping {
    record Shipped(String item, String trace) {}

    private final Tracer tracer;

    Shipping(Tracer tracer) {
        this.tracer = tracer;
    }

    // begin: spring handler
    @EvalstoreHandler("ship")
    Shipped ship(Parcel parcel, JobContext<?> context) throws InterruptedException {
        waitFor(parcel, context);
        return new Shipped(parcel.item(), trace());
    }
    // end

    @EvalstoreHandler("ship-all")
    List<String> shipAll(List<Parcel> parcels) {
        return parcels.stream().map(Parcel::item).toList();
    }

    /** A parcel whose item is a number takes so many seconds. */
    private static void waitFor(Parcel parcel, JobContext<?> context) throws InterruptedException {
        if (parcel.item().matches("[0-9]+")) {
            context.saveProgress("under way");
            TimeUnit.SECONDS.sleep(Long.parseLong(parcel.item()));
        }
    }

    private String trace() {
        Span span = tracer.currentSpan();
        return span == null ? "none" : span.context().traceId();
    }
}
