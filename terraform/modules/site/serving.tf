# How Hosting serves the site: the same headers as the local stack (dev/stack/site.py), with Google's origins for live updates and sign-in.
locals {
  connect = compact([
    "'self'",
    local.is_own_path ? "" : regex("^https://[^/]+", var.api_base),
    "https://firestore.googleapis.com",       # live updates: long polls, no sockets
    "https://identitytoolkit.googleapis.com", # sign-in
    "https://securetoken.googleapis.com",     # a fresh token every hour
  ])

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
    var.federated_sign_in ? {
      frame-src  = "https://${var.project_id}.firebaseapp.com"
      script-src = "'self' https://apis.google.com"
    } : {},
  )

  headers = {
    Content-Security-Policy    = join("; ", [for directive, sources in local.policy : "${directive} ${sources}"])
    Cross-Origin-Opener-Policy = var.federated_sign_in ? "same-origin-allow-popups" : "same-origin"
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
        [{ source = "**", headers = [for name, value in local.headers : { key = name, value = value }] }],
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
