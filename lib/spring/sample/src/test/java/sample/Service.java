package sample;

import dev.evalstore.DatabaseConfig;
import dev.evalstore.testing.LocalServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The service of this JVM, on a server of its own. */
final class Service implements AutoCloseable {
    final LocalServer server = LocalServer.start();
    final ConfigurableApplicationContext context;
    private final HttpClient http = HttpClient.newHttpClient();

    Service() {
        context = SpringApplication.run(
                OrderService.class,
                arguments(server, "--server.port=0").toArray(String[]::new));
    }

    static List<String> arguments(LocalServer server, String more) {
        DatabaseConfig config = DatabaseConfig.builder(server.url()).build();
        return List.of(
                "--spring.datasource.url=" + config.url(),
                "--spring.datasource.username=" + config.user(),
                "--spring.datasource.password=" + config.password(),
                more);
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    String get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    String post(String path, String header, String value) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path))
                .header(header, value)
                .POST(HttpRequest.BodyPublishers.noBody()));
    }

    private URI uri(String path) {
        return URI.create("http://localhost:" + context.getEnvironment().getProperty("local.server.port") + path);
    }

    private String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    }

    @Override
    public void close() {
        context.close();
        server.close();
    }
}
