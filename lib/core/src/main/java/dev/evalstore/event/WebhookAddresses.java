package dev.evalstore.event;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/**
 * Which addresses a webhook may be sent to: those that belong to somebody on the public internet. The names and the addresses of endpoints
 * come from users, who must not reach what stands beside the host: other services, its own ports, a cloud's metadata.
 *
 * <p>By the registries of special addresses of <a href="https://www.iana.org/assignments/iana-ipv4-special-registry">IPv4</a> and <a
 * href="https://www.iana.org/assignments/iana-ipv6-special-registry">IPv6</a>.
 */
final class WebhookAddresses {
    private static final List<Block> NOT_PUBLIC_4 = List.of(
            Block.of(8, 0), // this network
            Block.of(8, 10), // private
            Block.of(10, 100, 64), // carriers' NAT
            Block.of(8, 127), // loopback
            Block.of(16, 169, 254), // link-local, metadata of clouds
            Block.of(12, 172, 16), // private
            Block.of(24, 192, 0, 0), // protocols
            Block.of(24, 192, 0, 2), // documentation
            Block.of(24, 192, 31, 196), // AS112
            Block.of(24, 192, 52, 193), // AMT
            Block.of(24, 192, 88, 99), // relays of 6to4
            Block.of(16, 192, 168), // private
            Block.of(24, 192, 175, 48), // AS112
            Block.of(15, 198, 18), // benchmarks of networks
            Block.of(24, 198, 51, 100), // documentation
            Block.of(24, 203, 0, 113), // documentation
            Block.of(4, 224), // multicast
            Block.of(4, 240)); // reserved, broadcast

    /** Global unicast; loopback, private, link-local and multicast addresses, mapped IPv4 and NAT64 are all outside of it. */
    private static final Block PUBLIC_6 = Block.of(3, 0x20);

    private static final List<Block> NOT_PUBLIC_6 = List.of(
            Block.of(23, 0x20, 0x01, 0), // protocols, Teredo, benchmarks, ORCHID
            Block.of(32, 0x20, 0x01, 0x0d, 0xb8), // documentation
            Block.of(16, 0x20, 0x02), // 6to4, which wraps IPv4
            Block.of(48, 0x26, 0x20, 0, 0x4f, 0x80, 0), // AS112
            Block.of(20, 0x3f, 0xff, 0)); // documentation

    private WebhookAddresses() {}

    /** Whether the address is public. */
    static boolean isPublic(InetAddress address) {
        byte[] bytes = address.getAddress();
        return address instanceof Inet4Address
                ? NOT_PUBLIC_4.stream().noneMatch(block -> block.has(bytes))
                : PUBLIC_6.has(bytes) && NOT_PUBLIC_6.stream().noneMatch(block -> block.has(bytes));
    }

    /** The addresses that begin with these bits. */
    private record Block(int bits, List<Integer> start) {
        static Block of(int bits, Integer... start) {
            return new Block(bits, List.of(start));
        }

        boolean has(byte[] address) {
            for (int bit = 0; bit < bits; bit++) {
                int at = bit / 8;
                int mask = 0x80 >> bit % 8;
                int expected = at < start.size() ? start.get(at) : 0;
                if ((address[at] & mask) != (expected & mask)) {
                    return false;
                }
            }
            return true;
        }
    }
}
