package dev.evalstore.event;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends by a client of the host's. */
final class WebhookClient {
    private final HttpClient client;

    WebhookClient(HttpClient client) {
        this.client = client;
    }

    WebhookAnswer send(WebhookEndpoint endpoint, WebhookRequest request, long deadline)
            throws IOException, InterruptedException, TimeoutException {
        long left = Math.max(1, deadline - System.nanoTime());
        HttpRequest.Builder post = HttpRequest.newBuilder(endpoint.uri())
                .timeout(Duration.ofNanos(left))
                .POST(BodyPublishers.ofByteArray(request.body()));
        request.headers().forEach(post::header);
        CompletableFuture<HttpResponse<Void>> answer = client.sendAsync(post.build(), head -> new Unread());
        try {
            HttpResponse<Void> response = answer.get(left, TimeUnit.NANOSECONDS);
            return new WebhookAnswer(
                    response.statusCode(),
                    response.headers().firstValue("retry-after").orElse(null),
                    response.headers().firstValue("date").orElse(null));
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failed ? failed : new IOException(e.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    /** A body that is not waited for: what is in it changes nothing. */
    private static final class Unread implements BodySubscriber<Void> {
        @Override
        public CompletionStage<Void> getBody() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.cancel();
        }

        @Override
        public void onNext(List<ByteBuffer> some) {}

        @Override
        public void onError(Throwable e) {}

        @Override
        public void onComplete() {}
    }
}
