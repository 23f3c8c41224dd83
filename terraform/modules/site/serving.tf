# How Hosting serves the site: the same headers as the local stack (dev/stack/site.py), with Google's origins for live updates and sign-in.
locals {
  signs_in     = length(var.sign_in.providers) > 0
  opens_google = contains(var.sign_in.providers, "google.com")

  connect = concat(
    ["'self'"],
    local.is_own_path ? [] : [regex("^https://[^/]+", var.api_base)],
    var.live_updates ? ["https://firestore.googleapis.com"] : [], # long polls, no sockets
    local.signs_in ? [
      "https://identitytoolkit.googleapis.com", # accounts
      "https://securetoken.googleapis.com",     # a fresh token every hour
    ] : [],
  )

  policy = merge(
    {
      default-src     = "'self'"
      base-uri        = "'none'"
      connect-src     = join(" ", local.connect)
      form-action     = "'self'"
      frame-ancestors = "'none'"
      img-src         = "'self' data: blob:"
      object-src      = "'none'"
    },
    # The script that talks to the frame which waits for Google's window to answer. The window itself needs no permission but to answer.
    local.opens_google ? {
      frame-src  = "https://${var.project_id}.firebaseapp.com"
      script-src = "'self' https://apis.google.com"
    } : {},
  )

  headers = {
    Content-Security-Policy    = join("; ", [for directive, sources in local.policy : "${directive} ${sources}"])
    Cross-Origin-Opener-Policy = local.opens_google ? "same-origin-allow-popups" : "same-origin"
    Permissions-Policy         = "camera=(), geolocation=(), microphone=()"
    Referrer-Policy            = "same-origin"
    Strict-Transport-Security  = "max-age=63072000; includeSubDomains"
    X-Content-Type-Options     = "nosniff"
    X-Frame-Options            = "DENY"
  }

  # Assets have a hash of their content in the name and never change. Pages and config.json have none: they are asked for each time, and
  # answered 304 while nothing changed. What functions answer says itself how long it keeps.
  caching = {
    "/assets/**"                                                               = "public, max-age=31536000, immutable"
    (local.is_own_path ? "!/@(assets|${local.api_folder})/**" : "!/assets/**") = "no-cache"
  }

  firebase = {
    hosting = {
      site   = var.site_id
      public = "dist"
      ignore = ["**/.*"]
      headers = concat(
        # Not on /__/: there Firebase serves the frame, the window and the page behind the links of its messages, which these would break.
        [{ source = "!/__/**", headers = [for name, value in local.headers : { key = name, value = value }] }],
        [for source, value in local.caching : { source = source, headers = [{ key = "Cache-Control", value = value }] }],
      )
      rewrites = local.is_own_path ? [
        for operation, service in var.services : {
          source = "${var.api_base}/${operation}"
          run    = { serviceId = service, region = var.region }
        }
      ] : []
    }
  }
}
