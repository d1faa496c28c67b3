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
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } wanted;

    if (address != NULL && length >= sizeof wanted.v4 && length <= sizeof wanted) {
        memcpy(&wanted, address, length);
        if (wanted.any.sa_family == AF_INET && wanted.v4.sin_addr.s_addr == htonl(INADDR_ANY)) {
            wanted.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            address = &wanted.any;
        } else if (wanted.any.sa_family == AF_INET6 && length == sizeof wanted.v6
                   && IN6_IS_ADDR_UNSPECIFIED(&wanted.v6.sin6_addr)) {
            wanted.v6.sin6_addr = in6addr_loopback;
            address = &wanted.any;
        }
    }
    return (int)syscall(SYS_bind, fd, address, length);
}
