/*
 * A bind() that never listens to the network: what asks for "every address" gets the loopback address.
 *
 * WORKAROUND: with all addresses of the configuration on 127.0.0.1, PJPROJECT's DNS client still opens two UDP sockets
 * on the wildcard address. Preloaded into Asterisk and SIPp by the starters in bin/.
 *
 * The system call is made directly, so that nothing but syscall() is asked of whichever C library loads this.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct in6_addr mapped_loopback = {{{[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1}}};

static int kernel_bind(int fd, const void *address, socklen_t length)
{
    return (int)syscall(SYS_bind, fd, address, length);
}

int bind(int fd, const struct sockaddr *address, socklen_t length)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    int result;

    if (address != NULL && address->sa_family == AF_INET && length == sizeof v4) {
        memcpy(&v4, address, sizeof v4);
        if (v4.sin_addr.s_addr == htonl(INADDR_ANY)) {
            v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            return kernel_bind(fd, &v4, sizeof v4);
        }
    }
    if (address != NULL && address->sa_family == AF_INET6 && length == sizeof v6) {
        memcpy(&v6, address, sizeof v6);
        if (IN6_IS_ADDR_UNSPECIFIED(&v6.sin6_addr)) {
            v6.sin6_addr = in6addr_loopback;
            result = kernel_bind(fd, &v6, sizeof v6);
            if (result != 0 && errno == EADDRNOTAVAIL) {
                v6.sin6_addr = mapped_loopback; /* this host has no IPv6 address at all, as most containers */
                result = kernel_bind(fd, &v6, sizeof v6);
            }
            return result;
        }
    }
    return kernel_bind(fd, address, length);
}
