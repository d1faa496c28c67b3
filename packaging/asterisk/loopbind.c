/*
 * A bind() that never listens to the network: what asks for "every address" gets the loopback address.
 *
 * WORKAROUND: with all addresses of the configuration on 127.0.0.1, PJPROJECT's DNS client still opens two UDP sockets
 * on the wildcard address. Preloaded into Asterisk and SIPp by the starters in bin/.
 *
 * The system call is made directly, so that nothing but syscall() is asked of whichever C library loads this.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int bind(int fd, const struct sockaddr *address, socklen_t length)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (address != NULL && address->sa_family == AF_INET && length == sizeof v4) {
        memcpy(&v4, address, sizeof v4);
        if (v4.sin_addr.s_addr == htonl(INADDR_ANY))
            v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address = (const struct sockaddr *)&v4;
    } else if (address != NULL && address->sa_family == AF_INET6 && length == sizeof v6) {
        memcpy(&v6, address, sizeof v6);
        if (IN6_IS_ADDR_UNSPECIFIED(&v6.sin6_addr))
            v6.sin6_addr = in6addr_loopback;
        address = (const struct sockaddr *)&v6;
    }
    return (int)syscall(SYS_bind, fd, address, length);
}
