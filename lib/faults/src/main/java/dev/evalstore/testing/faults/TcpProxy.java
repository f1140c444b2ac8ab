package dev.evalstore.testing.faults;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A bad network between a client and a server: it forwards bytes until a test cuts, half-closes, resets, delays or stalls it. */
public final class TcpProxy implements AutoCloseable {
    /** Which way bytes go. */
    public enum Way {
        TO_SERVER,
        TO_CLIENT
    }

    /** What happens once: at a request that holds the text, and at the given one of those. */
    private record Trap(String text, AtomicInteger left, boolean forward, boolean isLast) {}

    private final String host;
    private final int port;
    private final ServerSocket listening;
    private final List<Link> links = new CopyOnWriteArrayList<>();
    private final Map<Way, Boolean> stalled = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable Trap> trap = new AtomicReference<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition flowing = lock.newCondition();
    private volatile Duration delay = Duration.ZERO;
    private volatile boolean refusing;

    private TcpProxy(String host, int port) throws IOException {
        this.host = host;
        this.port = port;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    /** Starts one in front of a server that may be away as yet. */
    public static TcpProxy to(String host, int port) {
        try {
            TcpProxy proxy = new TcpProxy(host, port);
            daemon("proxy-accept", proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where clients connect, on localhost. */
    public int port() {
        return listening.getLocalPort();
    }

    /** Holds every piece back for that long, in both directions. */
    public void delay(Duration time) {
        delay = time;
    }

    /** Lets nothing through in one direction; the connection stays open, as behind a firewall that dropped it. */
    public void stall(Way way) {
        stalled.put(way, true);
    }

    /** Lets everything flow again, also what was held back. */
    public void resume() {
        lock.lock();
        try {
            stalled.clear();
            flowing.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends new connections at once, or takes them again. */
    public void refuse(boolean yes) {
        refusing = yes;
    }

    /** Closes every connection in good order (FIN). */
    public void cut() {
        links.forEach(link -> link.end(false));
    }

    /** Closes every connection in one direction (FIN); the other stays open, and what still comes the closed way is dropped. */
    public void halfClose(Way way) {
        links.forEach(link -> link.halfClose(way));
    }

    /** Breaks every connection off (RST). */
    public void reset() {
        links.forEach(link -> link.end(true));
    }

    /**
     * Once: when a client sends something that holds the text, the server gets it and answers, and the connection is broken off
     * in place of the answer.
     */
    public void loseAnswerTo(String text) {
        trap.set(new Trap(text, new AtomicInteger(1), true, false));
    }

    /**
     * Once: at the n-th request from now on, counted from 1 over all connections, either the request or the answer to it is lost
     * and the connection broken off. A request is what a client sends until the server speaks.
     *
     * @param away whether nobody can connect from then on, until {@link #refuse} says otherwise
     */
    public void loseAt(int nth, Way what, boolean away) {
        trap.set(new Trap("", new AtomicInteger(nth), what == Way.TO_CLIENT, away));
    }

    /** Takes back what was set up and has not happened. */
    public void loseNothing() {
        trap.set(null);
    }

    /** Once: when a client sends something that holds the text, the connection is broken off and the server never sees it. */
    public void loseRequest(String text) {
        trap.set(new Trap(text, new AtomicInteger(1), false, false));
    }

    /** Whether what was set up by {@link #loseAnswerTo} or {@link #loseRequest} has happened. */
    public boolean hasLost() {
        return trap.get() == null;
    }

    /** How many connections there are. */
    public long open() {
        return links.size();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                if (refusing || !join(client)) {
                    client.close();
                }
            } catch (IOException e) {
                // This proxy was closed.
            }
        }
    }

    /** False where the server is away. */
    private boolean join(Socket client) {
        try {
            Link link = new Link(client, new Socket(host, port));
            links.add(link);
            link.start();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void awaitFlow(Way way) throws InterruptedException {
        if (!delay.isZero()) {
            Thread.sleep(delay.toMillis());
        }
        lock.lock();
        try {
            while (stalled.getOrDefault(way, false)) {
                flowing.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private static void daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        reset();
        resume();
    }

    /** One client's connection and its counterpart. */
    private final class Link {
        private final Socket client;
        private final Socket server;
        private final Answer answer = new Answer();
        private final Set<Way> closed = ConcurrentHashMap.newKeySet();
        private volatile boolean answerIsLost;
        private volatile boolean answered = true;

        Link(Socket client, Socket server) throws IOException {
            this.client = client;
            this.server = server;
            // Otherwise small pieces wait for the acknowledgement of those before.
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        }

        void start() {
            daemon("proxy-to-server", () -> pump(client, server, Way.TO_SERVER));
            daemon("proxy-to-client", () -> pump(server, client, Way.TO_CLIENT));
        }

        private void pump(Socket from, Socket to, Way way) {
            byte[] bytes = new byte[64 * 1024];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                    if (way == Way.TO_SERVER && !mayPass(bytes, n)) {
                        end(true);
                        return;
                    }
                    if (way == Way.TO_CLIENT && answerIsLost) {
                        // Only what the server has finished was surely done: a session whose client is gone ends
                        // half-way.
                        if (answer.isWholeWith(bytes, n)) {
                            end(true);
                            return;
                        }
                        continue;
                    }
                    answered |= way == Way.TO_CLIENT;
                    awaitFlow(way);
                    forward(out, bytes, n, way);
                }
                end(false);
            } catch (IOException e) {
                end(false);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void forward(OutputStream out, byte[] bytes, int length, Way way) throws IOException {
            try {
                if (!closed.contains(way)) {
                    out.write(bytes, 0, length);
                }
            } catch (IOException e) {
                if (!closed.contains(way)) {
                    throw e;
                }
            }
        }

        private boolean mayPass(byte[] bytes, int length) {
            boolean isNew = answered;
            answered = false;
            Trap set = trap.get();
            if (set == null || !isHit(set, isNew, bytes, length) || !trap.compareAndSet(set, null)) {
                return true;
            }
            answerIsLost = set.forward();
            if (set.isLast()) {
                refusing = true;
                links.stream().filter(link -> link != this).forEach(link -> link.end(true));
            }
            return set.forward();
        }

        private static boolean isHit(Trap set, boolean isNew, byte[] bytes, int length) {
            if (!set.text().isEmpty()) {
                return new String(bytes, 0, length, StandardCharsets.ISO_8859_1).contains(set.text());
            }
            boolean isGoodbye = length == 5 && bytes[0] == 'X';
            return isNew && !isGoodbye && set.left().decrementAndGet() == 0;
        }

        void halfClose(Way way) {
            closed.add(way);
            try {
                (way == Way.TO_SERVER ? server : client).shutdownOutput();
            } catch (IOException e) {
                // It was closed already.
            }
        }

        void end(boolean abruptly) {
            links.remove(this);
            for (Socket socket : List.of(client, server)) {
                try {
                    if (abruptly) {
                        socket.setSoLinger(true, 0);
                    }
                    socket.close();
                } catch (IOException e) {
                    // It was closed already.
                }
            }
        }
    }

    /** Reads the server's messages until it waits for the client: ready for a query, for rows to copy, or for a password. */
    private static final class Answer {
        private final byte[] header = new byte[5];
        private int inHeader;
        private int left;

        boolean isWholeWith(byte[] bytes, int length) {
            boolean whole = false;
            for (int i = 0; i < length; i++) {
                if (left > 0) {
                    left--;
                } else {
                    header[inHeader++] = bytes[i];
                    if (inHeader == header.length) {
                        inHeader = 0;
                        left = ByteBuffer.wrap(header, 1, 4).getInt() - 4;
                    }
                }
                whole = left == 0 && inHeader == 0 && (header[0] == 'Z' || header[0] == 'G' || header[0] == 'R');
            }
            return whole;
        }
    }
}
