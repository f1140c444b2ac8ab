package dev.evalstore.bench.soak;

import dev.evalstore.bench.soak.SoakClient.Kind;
import dev.evalstore.testing.faults.ChildJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The client processes. One that is killed is started again under the same name, in its next life. */
final class Fleet implements AutoCloseable {
    private final Path folder;
    private final long seed;
    private final Map<String, Client> clients = new LinkedHashMap<>();

    /** A client. */
    private static final class Client {
        private final Kind kind;
        private final int port;
        private volatile int life;
        private volatile ChildJvm process;
        /** Neither killed nor told to go. */
        private volatile boolean mustLive;

        Client(Kind kind, int port, ChildJvm process) {
            this.kind = kind;
            this.port = port;
            this.process = process;
            this.life = 1;
            this.mustLive = true;
        }
    }

    Fleet(Path folder, long seed) {
        this.folder = folder;
        this.seed = seed;
    }

    /** Starts a client that reaches the server by that port. */
    void add(String name, Kind kind, int port) {
        clients.put(name, new Client(kind, port, launch(name, 1, kind, port)));
    }

    private ChildJvm launch(String name, int life, Kind kind, int port) {
        return ChildJvm.start(
                SoakClient.class,
                List.of(
                        "-Xmx96m",
                        "-Xss512k",
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Dorg.slf4j.simpleLogger.showDateTime=true",
                        "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
                        "-Dorg.slf4j.simpleLogger.logFile=" + folder.resolve(name + "." + life + ".log")),
                kind.name(),
                name + "." + life,
                folder.toString(),
                Long.toString(seed),
                Stage.url(port, "evalstore_app"));
    }

    List<String> names() {
        return List.copyOf(clients.keySet());
    }

    /** The names with the lives that the clients are in. */
    List<String> lives() {
        return clients.entrySet().stream()
                .map(client -> client.getKey() + "." + client.getValue().life)
                .toList();
    }

    /** kill -9. */
    void kill(String name) {
        Client client = client(name);
        client.mustLive = false;
        client.process.kill();
    }

    void startAgain(String name) {
        Client client = client(name);
        int life = client.life + 1;
        client.process = launch(name, life, client.kind, client.port);
        client.life = life;
        client.mustLive = true;
    }

    void pause(String name) {
        client(name).process.pause();
    }

    void resume(String name) {
        client(name).process.resume();
    }

    private Client client(String name) {
        Client client = clients.get(name);
        if (client == null) {
            throw new IllegalArgumentException("no client " + name);
        }
        return client;
    }

    /** Those that have ended and were not killed. */
    List<String> endedByThemselves() {
        List<String> ended = new ArrayList<>();
        clients.forEach((name, client) -> {
            if (client.mustLive && !client.process.isAlive()) {
                ended.add(name);
            }
        });
        return ended;
    }

    /** Those that are still there. */
    List<String> alive() {
        List<String> alive = new ArrayList<>();
        clients.forEach((name, client) -> {
            if (client.process.isAlive()) {
                alive.add(name);
            }
        });
        return alive;
    }

    @Override
    public void close() {
        clients.values().forEach(client -> client.process.close());
    }
}
