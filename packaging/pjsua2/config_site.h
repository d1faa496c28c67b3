/* wwphone's settings for PJSIP; build.py puts this file where pjlib looks for it. */

#define PJMEDIA_HAS_VIDEO               0
#define PJ_HAS_IPV6                     1
#define PJ_LOG_MAX_LEVEL                5
#define PJ_TODO(id)                     /* else each reminder of PJSIP's authors is a compiler warning */

/* Limits. A receptionist has many calls at once; players are ring tones, announcements and played recordings. */
#define PJSUA_MAX_CALLS                 64
#define PJSUA_MAX_ACC                   16
#define PJSUA_MAX_PLAYERS               64
#define PJSUA_MAX_RECORDERS             64
#define PJ_IOQUEUE_MAX_HANDLES          1024    /* 64 is used up by some thirty calls in quick succession */

/* Long messages: many codecs, crypto lines and ICE candidates; presence documents; URLs with parameters. */
#define PJSIP_MAX_PKT_LEN               16000
#define PJSIP_MAX_URL_SIZE              512
#define PJSUA2_MAX_SDP_BUF_LEN          8192

/* TLS 1.2 and 1.3 alone, unless the application asks for less. PJSIP's own default ends at 1.2. */
#define PJSIP_SSL_DEFAULT_PROTO         (PJ_SSL_SOCK_PROTO_TLS1_2 | PJ_SSL_SOCK_PROTO_TLS1_3)

#define PJMEDIA_SRTP_HAS_SDES           1
#define PJMEDIA_SRTP_HAS_DTLS           1
#define PJMEDIA_SRTP_HAS_AES_GCM_256    1
#define PJMEDIA_SRTP_HAS_AES_GCM_128    1
/* libsrtp 2 calls its AES-GCM ciphers by these names, whatever the back end. */
#define srtp_aes_gcm_256_openssl        srtp_aes_gcm_256
#define srtp_aes_gcm_128_openssl        srtp_aes_gcm_128
