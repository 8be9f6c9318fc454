import { assetUrl } from '../../shell/static-assets.ts'

/** Swagger UI on its own page, since its styles and ours conflict. A separate file starts it, not an inline script. */
export function ApiDocsPage() {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>API · Fulcrum</title>
        <link rel="icon" href={assetUrl('fulcrum.svg')} type="image/svg+xml" />
        <link rel="stylesheet" href={assetUrl('swagger-ui.css')} />
        <script src={assetUrl('swagger-ui.js')} defer />
        <script src={assetUrl('api-docs.js')} defer />
      </head>
      <body>
        <div id="docs">
          <noscript>
            <main>
              The API's description is at <a href="/api/openapi.json">/api/openapi.json</a>.
            </main>
          </noscript>
        </div>
      </body>
    </html>
  )
}
