import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const server = process.env.CARDLINE_HTTP ?? 'http://127.0.0.1:8080'

export default defineConfig({
  base: '/desk/',
  plugins: [react()],
  resolve: { tsconfigPaths: true },
  // cardline/app/http/pages.py puts a fresh nonce in its place with every page that it gives.
  html: { cspNonce: '__NONCE__' },
  build: {
    outDir: '../../cardline/app/static/desk',
    emptyOutDir: true,
    manifest: true,
    reportCompressedSize: false,
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000, // in kB before compression; tools/desk size holds what counts
  },
  server: { proxy: { '/api': { target: server, ws: true } } },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
})
